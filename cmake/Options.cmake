# One interface target that carries how we compile: warnings, sanitizers, coverage.
option(MESHCHECK_WERROR "Treat warnings as errors" OFF)
option(MESHCHECK_FUZZ "Build the fuzzers (clang only)" OFF)
option(MESHCHECK_BENCH "Build the benchmark" OFF)
option(MESHCHECK_COVERAGE "Instrument for coverage" OFF)
set(MESHCHECK_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them")

find_package(Threads REQUIRED)

add_library(meshcheck_options INTERFACE)
target_compile_options(meshcheck_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wformat=2 -Wimplicit-fallthrough)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # The last three are false alarms on std::string operator+ (GCC bugs 105329, 105651) before GCC 13.
  target_compile_options(meshcheck_options INTERFACE
    -Wuseless-cast -Wlogical-op -Wduplicated-cond
    -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds)
  # So are these on std::optional, where -O3 puts functions into one another (GCC bug 80635).
  target_compile_options(meshcheck_options INTERFACE
    $<$<CONFIG:Release>:-Wno-maybe-uninitialized;-Wno-stringop-overread>)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # g++ accepts what has a default; naming every member would defeat designated initialisers.
  target_compile_options(meshcheck_options INTERFACE -Wno-missing-designated-field-initializers)
endif()
# g++ warns in error beside sanitizers (gcc.gnu.org: Instrumentation Options); the other builds of the
# same files hold its warnings.
if(MESHCHECK_WERROR AND NOT (MESHCHECK_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU"))
  target_compile_options(meshcheck_options INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # libstdc++ 12 sorts stably with what it calls deprecated itself.
  target_compile_options(meshcheck_options INTERFACE -Wno-deprecated-declarations)
endif()
if(MESHCHECK_SANITIZE)
  # A finding of the undefined-behaviour sanitizer ends the process, so that tests fail on it.
  add_compile_options(-fsanitize=${MESHCHECK_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${MESHCHECK_SANITIZE})
endif()
# What is built over and over is linked by mold where it is installed: in seconds, not half a minute.
find_program(MESHCHECK_MOLD mold)
if(MESHCHECK_MOLD AND NOT CMAKE_BUILD_TYPE STREQUAL "Release")
  add_link_options(-fuse-ld=mold)
endif()
if(MESHCHECK_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
