# SPDX-License-Identifier: MIT
# What is installed beside the programs. The settings only as a sample: a file of the operator's is never written over.
option(MTASTSD_SYSTEMD_UNITS "Install the systemd units, and what declares the user and the folders" ON)

install(DIRECTORY docs/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man5 FILES_MATCHING PATTERN "*.5")
install(DIRECTORY docs/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man8 FILES_MATCHING PATTERN "*.8")
install(DIRECTORY packaging/monitoring DESTINATION ${CMAKE_INSTALL_DATADIR}/mta-stsd)
# Debian's zsh looks into vendor-completions.
set(MTASTSD_ZSH_COMPLETIONS ${CMAKE_INSTALL_DATADIR}/zsh/site-functions CACHE STRING "Where zsh finds completions")
install(FILES packaging/completion/mta-stsctl.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
  RENAME mta-stsctl)
install(FILES packaging/completion/_mta-stsctl DESTINATION ${MTASTSD_ZSH_COMPLETIONS})
install(DIRECTORY conf/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples FILES_MATCHING PATTERN "*.yml")
# The documentation as it lies here, with what it links to: links lead to the same files.
install(FILES README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs conf DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY packaging/monitoring DESTINATION ${CMAKE_INSTALL_DOCDIR}/packaging)
install(FILES systemd/mta-stsd.service systemd/mta-stsd.socket DESTINATION ${CMAKE_INSTALL_DOCDIR}/systemd)

if(MTASTSD_SYSTEMD_UNITS)
  file(READ systemd/mta-stsd.service MTASTSD_UNIT)
  string(REPLACE "/usr/sbin/" "${CMAKE_INSTALL_FULL_SBINDIR}/" MTASTSD_UNIT "${MTASTSD_UNIT}")
  file(CONFIGURE OUTPUT systemd/mta-stsd.service CONTENT "${MTASTSD_UNIT}" @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/systemd/mta-stsd.service systemd/mta-stsd.socket
    DESTINATION lib/systemd/system)
  install(FILES systemd/mta-stsd.sysusers DESTINATION lib/sysusers.d RENAME mta-stsd.conf)
  install(FILES systemd/mta-stsd.tmpfiles DESTINATION lib/tmpfiles.d RENAME mta-stsd.conf)
endif()
