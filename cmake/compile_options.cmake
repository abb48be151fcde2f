# SPDX-License-Identifier: MIT
# Language, warnings, hardening and sanitizers: what every target of the project is built with.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(project_options INTERFACE)
target_include_directories(project_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(project_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  -fstack-protector-strong -fstack-clash-protection
  $<$<BOOL:${MTASTSD_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # With optimisation g++ 12 and 14 see overlaps and overflows in the concatenation of std::strings that cannot happen
  # (GCC bugs 105329, 105651). Clang, which builds the fuzz targets, and the sanitizers watch for the real ones.
  target_compile_options(project_options INTERFACE
    -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
endif()
target_compile_definitions(project_options INTERFACE MTASTSD_VERSION="${PROJECT_VERSION}")

include(CheckCXXCompilerFlag)
check_cxx_compiler_flag(-fcf-protection=full MTASTSD_HAS_CET)
if(MTASTSD_HAS_CET)
  target_compile_options(project_options INTERFACE -fcf-protection=full)
endif()

include(CheckPIESupported)
check_pie_supported()
target_link_options(project_options INTERFACE -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)

if(MTASTSD_SANITIZE)
  target_compile_options(project_options INTERFACE
    -fsanitize=${MTASTSD_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
    # Code of tests runs once: to optimise it takes longer than that saves.
    $<$<NOT:$<BOOL:$<TARGET_PROPERTY:MTASTSD_TEST_CODE>>>:-O1>)
  target_link_options(project_options INTERFACE -fsanitize=${MTASTSD_SANITIZE})
elseif(MTASTSD_COVERAGE)
  target_compile_options(project_options INTERFACE --coverage)
  target_link_options(project_options INTERFACE --coverage)
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  # Hardening belongs to the targets: a packager's build type must not switch it off.
  target_compile_options(project_options INTERFACE -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
if(MTASTSD_FUZZ)
  target_compile_options(project_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
