# SPDX-License-Identifier: MIT
"""Postfix's configuration: a delivery agent for each way of asking mta-stsd."""

MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = {conf}
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
maillog_file = {log}
maillog_file_prefixes = {state}
inet_interfaces = 127.0.0.1
inet_protocols = {protocols}
myhostname = sender.test
mydestination =
local_recipient_maps =
alias_maps =
relay_domains =
mynetworks = 127.0.0.0/8
biff = no
smtp_address_preference = ipv4
transport_maps = regexp:{conf}/agents, texthash:{conf}/transport
smtp_tls_security_level = may
smtp_tls_policy_maps = socketmap:inet:127.0.0.1:8461:postfix
smtp_tls_CAfile = {ca}
smtp_tls_loglevel = 1
smtp_connect_timeout = 3s
smtp_connection_cache_on_demand = no
dnssec_probe = ns:signed.test
"""

MASTER_CF = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""

#: Delivery agents beside the ordinary one, each for mail to AGENT@domain:
#: the map asked, smtp_tls_security_level, smtp_dns_support_level.
AGENTS = {
    "postfix-tlsrpt": ("postfix-tlsrpt", "may", "enabled"),
    "postfix-dane": ("postfix-dane", "may", "dnssec"),
    "postfix-dane-tlsrpt": ("postfix-dane-tlsrpt", "may", "dnssec"),
    "postfix-yield": ("postfix-yield", "dane", "dnssec"),
    "older": ("QUERY", "dane", "dnssec"),
    "older-tlsrpt": ("QUERYwithTLSRPT", "dane", "dnssec"),
    "other-resolver": ("postfix-dane", "may", "dnssec"),   # a process of its own, which has not read resolv.conf yet
}

AGENT = """\
{name} unix - - n - - smtp
    -o smtp_tls_policy_maps=socketmap:inet:127.0.0.1:8461:{map_name}
    -o smtp_tls_security_level={level}
    -o smtp_dns_support_level={dns}
"""

#: Delivery agents that are confined to the queue directory, as Debian's are, each for mail to AGENT@domain:
#: the table they ask.
CHROOTED = {
    "chroot-tcp": "socketmap:inet:127.0.0.1:8461:postfix",
    "chroot-unix": "socketmap:unix:mta-stsd/socketmap:postfix",
}

CHROOTED_AGENT = """\
{name} unix - - y - - smtp
    -o smtp_tls_policy_maps={table}
"""

#: Agents with one mistake each, for what docs/troubleshooting.md says of them.
MISTAKES = {
    "unknown-map": "smtp_tls_policy_maps=socketmap:inet:127.0.0.1:8461:postfx",
    "no-socket": "smtp_tls_policy_maps=socketmap:unix:/run/mta-stsd/socketmap:postfix",
    "forbidden-socket": "smtp_tls_policy_maps=socketmap:unix:/run/mta-stsd-8461.sock:postfix",
    "no-ca": "smtp_tls_CAfile=",
    "no-dnssec": "smtp_tls_policy_maps=socketmap:inet:127.0.0.1:8461:postfix-dane",
    "old-tls": "smtp_tls_mandatory_protocols=TLSv1",
}

MISTAKE = """\
{name} unix - - n - - smtp
    -o {setting}
"""

#: TLSRPT as Postfix 3.10 and later report it, to a socket.
TLSRPT = """\
smtp_tlsrpt_enable = yes
smtp_tlsrpt_socket_name = {socket}
"""

#: Domains whose mail goes through a smart host.
TRANSPORT = """\
via-smart.test smtp:[mail.smart.test]
via587-smart.test smtp:[mail.smart.test]:587
via-badsmart.test smtp:[mail.badsmart.test]
"""


def write(conf, port, tlsrpt_socket=None, **values):
    """Fills the folder `conf`; `values` are those of MAIN_CF."""
    conf.mkdir()
    main = MAIN_CF.format(conf=conf, **values) + (TLSRPT.format(socket=tlsrpt_socket) if tlsrpt_socket else "")
    (conf / "main.cf").write_text(main)
    agents = [AGENT.format(name=name, map_name=map_name, level=level, dns=dns)
              for name, (map_name, level, dns) in AGENTS.items()]
    agents += [CHROOTED_AGENT.format(name=name, table=table) for name, table in CHROOTED.items()]
    agents += [MISTAKE.format(name=name, setting=setting) for name, setting in MISTAKES.items()]
    (conf / "master.cf").write_text(MASTER_CF.format(port=port) + "".join(agents))
    names = [*AGENTS, *CHROOTED, *MISTAKES]
    (conf / "agents").write_text("".join(f"/^{name}@/ {name}:\n" for name in names))
    (conf / "transport").write_text(TRANSPORT)
    (conf / "dynamicmaps.cf").touch()   # no tables beyond those built in
