# Installing and packaging: `cmake --install`, and the .deb and .tar.gz of `cpack`.
include(GNUInstallDirs)
install(TARGETS meshcheck RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES man/meshcheck.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
# As a plugin of kubectl the binary goes by another name.
install(CODE "
  set(root \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}\")
  file(CREATE_LINK meshcheck \${root}/${CMAKE_INSTALL_BINDIR}/kubectl-meshcheck SYMBOLIC)
  file(CREATE_LINK meshcheck.1
       \${root}/${CMAKE_INSTALL_MANDIR}/man1/kubectl-meshcheck.1 SYMBOLIC)")
install(FILES man/meshcheck.yaml.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
# Where the README links to them.
file(GLOB schemas CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/*.schema.json)
install(FILES ${schemas} docs/rules.md docs/ci.md docs/meshcheck.yaml
        DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)

# The licences of what is linked in ask that their texts go with the binary; Debian's packages hold
# them.
set(notice ${PROJECT_BINARY_DIR}/NOTICE)
file(WRITE ${notice} "The binary of meshcheck has the following libraries linked in.\n")
foreach(package libyaml-dev libfmt-dev nlohmann-json3-dev libcli11-dev zlib1g-dev)
  if(EXISTS /usr/share/doc/${package}/copyright)
    file(READ /usr/share/doc/${package}/copyright copyright)
    file(APPEND ${notice} "\n\n== ${package} ==\n\n${copyright}")
  else()
    message(WARNING "NOTICE lacks the licence of ${package}: no package may be made here")
  endif()
endforeach()
install(FILES ${notice} DESTINATION ${CMAKE_INSTALL_DOCDIR})

# The binary writes its own completions: they cannot be other than its flags.
set(completions ${PROJECT_BINARY_DIR}/completions)
install(CODE "
  file(MAKE_DIRECTORY ${completions})
  foreach(pair bash=meshcheck zsh=_meshcheck fish=meshcheck.fish)
    string(REPLACE = \\; pair \${pair})
    list(GET pair 0 shell)
    list(GET pair 1 file)
    execute_process(COMMAND $<TARGET_FILE:meshcheck> completion \${shell}
                    OUTPUT_FILE ${completions}/\${file} COMMAND_ERROR_IS_FATAL ANY)
  endforeach()")
install(FILES ${completions}/meshcheck
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${completions}/_meshcheck DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${completions}/meshcheck.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

execute_process(COMMAND dpkg --print-architecture OUTPUT_VARIABLE debian_architecture
                OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
set(CPACK_GENERATOR "DEB;TGZ")
set(CPACK_PACKAGE_CONTACT "meshcheck maintainers <maintainers@meshcheck.invalid>" CACHE STRING
    "Who answers for the package: Name <address>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "preflight linter for Istio")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_CHECKSUM SHA256)
# The names that action.yml, .krew.yaml and docs/ci.md download.
set(CPACK_PACKAGE_FILE_NAME meshcheck-${PROJECT_VERSION}-linux-${debian_architecture})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS libcurl4)  # opened at run time, for a live cluster only
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Finds what takes an Istio mesh down before it does: a control plane of one
replica or too little memory, an upgrade in place, an autoscaler that scales
nothing, a policy that nobody enforces.
.
It reads manifests, Helm values and what a running mesh said of itself, and
reports for people, code scanning and CI.")
# Debian's policy on what lies in usr/share is not other systems' business.
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/DebianFiles.cmake)
include(CPack)
