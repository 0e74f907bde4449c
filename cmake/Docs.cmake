# Texts that are written from the commands, the rules and the keys of the configuration:
# `cmake --build … --target docs` refreshes them, the test docs_fresh compares.
file(GLOB docgen_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/docgen/*.cpp)
add_executable(docgen ${docgen_sources})
target_link_libraries(docgen PRIVATE meshcheck_core meshcheck_options)

add_custom_target(docs
  COMMAND rulegen docs ${PROJECT_SOURCE_DIR}/docs/rules.md ${PROJECT_SOURCE_DIR}/testdata ${rule_files}
  COMMAND docgen ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}
  DEPENDS rulegen docgen
  VERBATIM)
