# Fails when a text that is written from the program's tables is not what is written today.
file(GLOB rule_files ${ROOT}/rules/mc*.yaml)
file(REMOVE_RECURSE ${OUT})
execute_process(COMMAND ${DOCGEN} ${ROOT} ${OUT} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${RULEGEN} docs ${OUT}/docs/rules.md ${ROOT}/testdata ${rule_files}
                COMMAND_ERROR_IS_FATAL ANY)
file(GLOB_RECURSE written RELATIVE ${OUT} ${OUT}/*)
foreach(file IN LISTS written)
  execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${OUT}/${file} ${ROOT}/${file}
                  RESULT_VARIABLE differs)
  if(differs)
    message(SEND_ERROR
            "${file} is stale: cmake --build --preset dev --target docs, and read the diff")
  endif()
endforeach()
