# Holds the #include lines of src/ and include/ to the directions and the libraries that the design
# allows; then shows on a small wrong tree that each kind of violation is seen.
#   cmake -DROOT=<source folder> -P layering.cmake
cmake_minimum_required(VERSION 3.25)

# area: the areas it may include besides itself and include/meshcheck.
set(allow_document)
set(allow_input document)
set(allow_kube document)
set(allow_live input kube document)
set(allow_mesh kube document)
set(allow_rules)
set(allow_engine rules mesh kube document)
set(allow_edit document)
set(allow_report)
set(allow_cli edit input live kube mesh engine report document)
set(allow_rulegen)
set(allow_docgen cli)
set(areas document input kube live mesh rules engine edit report cli rulegen docgen)

# library: what its includes start with, and the areas that may say so.
set(libraries libyaml yaml_cpp nlohmann CLI11 curl catch2 iostream)
set(header_libyaml "yaml\\.h$")
set(users_libyaml input)
set(header_yaml_cpp "yaml-cpp/")
set(users_yaml_cpp cli rulegen engine)
set(header_nlohmann "nlohmann/")
set(users_nlohmann input live report engine cli)
set(header_CLI11 "CLI/")
set(users_CLI11 cli)
set(header_curl "curl/")
set(users_curl live)
set(header_catch2 "catch2/")
set(users_catch2)
set(header_iostream "iostream$")  # the process's own streams: what is below src/cli never prints
set(users_iostream cli rulegen)

# Sets `problem` to what is wrong with a file of `area` including `header` (without its brackets).
function(judge area header problem)
  set(wrong "")
  if(area STREQUAL "rules" AND NOT header STREQUAL "meshcheck/rule.h" AND header MATCHES "/")
    set(wrong "a rule includes meshcheck/rule.h and nothing else of the project")
  elseif(area STREQUAL "include" AND header MATCHES "^([a-z]+)/" AND CMAKE_MATCH_1 IN_LIST areas)
    set(wrong "include/meshcheck knows nothing of src")
  elseif(header MATCHES "^([a-z]+)/" AND CMAKE_MATCH_1 IN_LIST areas
         AND NOT CMAKE_MATCH_1 STREQUAL area AND NOT CMAKE_MATCH_1 IN_LIST allow_${area})
    set(wrong "${area} must not know ${CMAKE_MATCH_1}")
  endif()
  foreach(library IN LISTS libraries)
    if(header MATCHES "^${header_${library}}" AND NOT area IN_LIST users_${library})
      set(wrong "${library} has no business in ${area}")
    endif()
  endforeach()
  set(${problem} "${wrong}" PARENT_SCOPE)
endfunction()

# Sets `violations` to one line for each wrong #include below `root`.
function(check_tree root violations)
  set(found)
  file(GLOB_RECURSE files RELATIVE ${root} ${root}/src/*.cpp ${root}/src/*.h ${root}/include/*.h)
  foreach(file IN LISTS files)
    if(file MATCHES "^src/([a-z]+)/")
      set(area ${CMAKE_MATCH_1})
    elseif(file MATCHES "^src/")  # main.cpp
      set(area cli)
    else()
      set(area include)
    endif()
    if(NOT area IN_LIST areas AND NOT area STREQUAL "include")
      list(APPEND found "${file}: src/${area} is no area of the design")
    endif()
    file(STRINGS ${root}/${file} lines REGEX "^[ \t]*#[ \t]*include[ \t]*[<\"]")
    foreach(line IN LISTS lines)
      string(REGEX REPLACE "^[ \t]*#[ \t]*include[ \t]*[<\"]([^>\"]*).*" "\\1" header "${line}")
      judge(${area} "${header}" problem)
      if(problem)
        list(APPEND found "${file}: includes ${header}: ${problem}")
      endif()
    endforeach()
  endforeach()
  set(${violations} "${found}" PARENT_SCOPE)
endfunction()

check_tree(${ROOT} violations)
foreach(violation IN LISTS violations)
  message(SEND_ERROR "${violation}")
endforeach()

# The check itself: every line of this tree is wrong but those of good.cpp.
set(tree ${CMAKE_CURRENT_BINARY_DIR}/layering_negative)
file(REMOVE_RECURSE ${tree})
set(wrong_lines
  "document=input/load.h" "kube=mesh/build.h" "mesh=input/load.h" "input=kube/x.h"
  "rules=meshcheck/mesh.h" "rules=mesh/build.h" "rules=fmt/format.h" "engine=input/load.h"
  "report=engine/run.h" "report=document/x.h" "edit=input/load.h" "edit=mesh/build.h" "cli=rules/x.h" "live=mesh/build.h"
  "kube=yaml.h" "input=yaml-cpp/yaml.h" "mesh=nlohmann/json.hpp" "engine=CLI/CLI.hpp"
  "input=curl/curl.h" "cli=catch2/catch.hpp" "report=iostream" "strange=meshcheck/mesh.h")
set(number 0)
foreach(wrong IN LISTS wrong_lines)
  math(EXPR number "${number} + 1")
  string(REGEX MATCH "^([a-z]+)=(.*)$" matched ${wrong})
  file(WRITE ${tree}/src/${CMAKE_MATCH_1}/wrong${number}.cpp
       "#include <string>\n#include \"${CMAKE_MATCH_2}\"\n")
endforeach()
file(WRITE ${tree}/include/meshcheck/wrong.h "#pragma once\n#include \"mesh/build.h\"\n")
file(WRITE ${tree}/src/input/good.cpp
     "#include <yaml.h>\n#include <sys/mman.h>\n#include \"document/x.h\"\n"
     "#include \"input/load.h\"\n#include \"meshcheck/document.h\"\n// #include \"cli/run.h\"\n")
file(WRITE ${tree}/src/rules/good.cpp "#include <string>\n#include \"meshcheck/rule.h\"\n")
file(WRITE ${tree}/src/main.cpp "#include <iostream>\n#include \"cli/run.h\"\n")
check_tree(${tree} seen)
math(EXPR number "${number} + 1")
list(LENGTH seen seen_number)
if(NOT seen_number EQUAL number)
  list(JOIN seen "\n  " seen_text)
  message(SEND_ERROR "of ${number} wrong includes ${seen_number} were seen:\n  ${seen_text}")
endif()
foreach(line IN LISTS seen)
  if(line MATCHES "good|main\\.cpp")
    message(SEND_ERROR "a right include was called wrong: ${line}")
  endif()
endforeach()
file(REMOVE_RECURSE ${tree})
