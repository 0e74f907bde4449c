# Installing and packaging.
include(GNUInstallDirs)
install(TARGETS meshcheck RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES man/meshcheck.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES man/meshcheck.yaml.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
# Where the README links to them.
install(FILES docs/report.schema.json docs/rules.md docs/meshcheck.yaml DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)

set(CPACK_GENERATOR "DEB;TGZ")
set(CPACK_PACKAGE_CONTACT "meshcheck maintainers")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
include(CPack)
