# Assertions stay on in every build: no configuration of ours defines NDEBUG.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g")
set(CMAKE_CXX_EXTENSIONS OFF)

add_library(qpcheck_warnings INTERFACE)
add_library(qpcheck::warnings ALIAS qpcheck_warnings)
target_compile_features(qpcheck_warnings INTERFACE cxx_std_20)
target_compile_options(qpcheck_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Wnull-dereference)
# Includes name the folder: "model/observation.hpp", "search/engine.hpp".
target_include_directories(qpcheck_warnings INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/src)
