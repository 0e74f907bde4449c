# Fails when docs/rules.md is not what rulegen writes from rules/ and testdata/ today.
file(GLOB rule_files ${ROOT}/rules/mc*.yaml)
execute_process(COMMAND ${RULEGEN} docs ${OUT} ${ROOT}/testdata ${rule_files}
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${OUT} ${ROOT}/docs/rules.md
                RESULT_VARIABLE differs)
if(differs)
  message(FATAL_ERROR
          "docs/rules.md is stale: cmake --build --preset dev --target docs, and read the diff")
endif()
