# SPDX-License-Identifier: MIT
# bash completion for mta-stsctl(8); tests/ctl/completion_test.cc compares it with ctl/commands.cc.
_mta_stsctl() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} i common='--config --help --json --version'
    local -a words=()
    COMPREPLY=()
    case $prev in
        -c | --config | --postconf | --ca-file) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
        --postfix-dir) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
        --map)
            mapfile -t COMPREPLY < <(compgen -W 'postfix postfix-dane postfix-dane-tlsrpt postfix-tlsrpt QUERY
                QUERYwithTLSRPT' -- "$cur")
            return ;;
        --mx | --until | --comment | --resolver | --timeout | --port) return ;;
    esac
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
            -c | --config | --postconf | --postfix-dir | --map | --mx | --until | --comment) ((i++)) ;;
            --resolver | --ca-file | --timeout | --port) ((i++)) ;;
            -*) ;;
            *) words+=("${COMP_WORDS[i]}") ;;
        esac
    done
    local choices=
    case "${words[*]}" in
        '')
            choices='query explain check check-policy check-record cache refresh forget status reload override doctor migrate' ;;
        cache) choices='list stats export import' ;;
        override) choices='add remove list' ;;
        'override add '*)
            if [[ ${#words[@]} -eq 3 ]]; then choices='ignore enforce pin defer'; fi ;;
    esac
    if [[ $cur == -* ]]; then
        choices=$common
        case "${words[*]}" in
            query*) choices+=' --map' ;;
            check | check\ *) choices+=' --resolver --ca-file --timeout --port --strict' ;;
            'override add'*) choices+=' --mx --until --comment --replace' ;;
            doctor*) choices+=' --postconf --postfix-dir' ;;
        esac
    elif [[ -z $choices ]]; then
        case "${words[*]}" in
            check-policy | migrate | 'cache import') mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        esac
        return
    fi
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$cur")
}
complete -o filenames -F _mta_stsctl mta-stsctl
