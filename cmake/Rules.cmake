# A rule is rules/mcNNN-name.yaml and, where its YAML says `by: mesh`, src/rules/mcNNN_name.cpp. The
# YAML file is the registration: there is no list to edit, and neither half exists without the other.
file(GLOB rule_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/rules/mc*.yaml)
file(GLOB rule_code CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/rules/mc*.cpp)
file(GLOB rule_data CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/rules/data/*.yaml)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${rule_files})

set(expected_code)
foreach(file IN LISTS rule_files)
  get_filename_component(id ${file} NAME_WE)
  string(REPLACE "-" "_" name ${id})
  file(STRINGS ${file} by_mesh REGEX "^by: mesh$")
  if(by_mesh)
    list(APPEND expected_code ${PROJECT_SOURCE_DIR}/src/rules/${name}.cpp)
  endif()
endforeach()
foreach(file IN LISTS rule_code)
  if(NOT file IN_LIST expected_code)
    message(FATAL_ERROR "${file} has no file in rules/ that says `by: mesh`")
  endif()
endforeach()
foreach(file IN LISTS expected_code)
  if(NOT file IN_LIST rule_code)
    message(FATAL_ERROR "rules/ asks for ${file}, which does not exist")
  endif()
endforeach()

file(GLOB rulegen_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/rulegen/*.cpp)
add_executable(rulegen ${rulegen_sources})
target_compile_features(rulegen PRIVATE cxx_std_20)
target_include_directories(rulegen PRIVATE include src)
target_link_libraries(rulegen PRIVATE meshcheck_options yaml-cpp meshcheck_fmt)

set(generated ${PROJECT_BINARY_DIR}/generated)
file(MAKE_DIRECTORY ${generated})
add_custom_command(
  OUTPUT ${generated}/rule_catalogue.cpp ${generated}/rule_data.cpp
  COMMAND rulegen catalogue ${generated}/rule_catalogue.cpp ${rule_files}
  COMMAND rulegen data ${generated}/rule_data.cpp ${rule_data}
  DEPENDS rulegen ${rule_files} ${rule_data}
  COMMENT "Compiling rules/*.yaml"
  VERBATIM)
target_sources(meshcheck_core PRIVATE ${rule_code} ${generated}/rule_catalogue.cpp
                                      ${generated}/rule_data.cpp)
