# What `cmake --install` and `cpack -G DEB` put where: the program, its manual page, completions, documentation, and the
# catalog. The Debian package depends on the libraries that the program was linked with, as dpkg-shlibdeps finds them.
include(GNUInstallDirs)

install(TARGETS pith)

# Made by the program itself, so that they cannot differ from its help.
set(page ${CMAKE_BINARY_DIR}/pith.1)
set(completions ${CMAKE_BINARY_DIR}/completions)
add_custom_command(
  OUTPUT ${page}.gz ${completions}/pith ${completions}/_pith ${completions}/pith.fish
  COMMAND ${CMAKE_COMMAND} -E make_directory ${completions}
  COMMAND $<TARGET_FILE:pith> man > ${page}
  COMMAND gzip -9 -n -c ${page} > ${page}.gz
  COMMAND $<TARGET_FILE:pith> completion bash > ${completions}/pith
  COMMAND $<TARGET_FILE:pith> completion zsh > ${completions}/_pith
  COMMAND $<TARGET_FILE:pith> completion fish > ${completions}/pith.fish
  DEPENDS pith
  VERBATIM)
add_custom_target(manual ALL DEPENDS ${page}.gz)

install(FILES ${page}.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${completions}/pith DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${completions}/_pith DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${completions}/pith.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/catalog DESTINATION ${CMAKE_INSTALL_DATADIR}/pith)
install(FILES ${CMAKE_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${CMAKE_SOURCE_DIR}/docs/definition.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/pith)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME pith)
set(CPACK_PACKAGE_CONTACT "The pith maintainers <pith@pith.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "builder of minimal container images from Debian packages")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "pith builds images that hold the packages an application needs and nothing else:\n no Dockerfile, no root, no daemon, no script run at build time, and the same\n digest on every machine.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "librnp0")  # loaded when it is needed, so dpkg-shlibdeps does not see it
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "debian-archive-keyring")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "podman")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
include(CPack)
