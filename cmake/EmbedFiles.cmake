# Writes a C++ source that holds files as text: cmake -DOUTPUT=… -DFOLDER=… -DNAMES=*.a,*.b -DNAMESPACE=… -DHEADER=…
# -DFUNCTION=… -P EmbedFiles.cmake. HEADER declares FUNCTION in NAMESPACE, which gives base/embedded_file.h's structs.
# Every file directly in FOLDER that NAMES fit is taken, by name.
string(REPLACE "," ";" NAMES "${NAMES}")
list(TRANSFORM NAMES PREPEND "${FOLDER}/")
file(GLOB files LIST_DIRECTORIES false ${NAMES})
list(SORT files)
set(rows "")
list(LENGTH files count)
foreach(path IN LISTS files)
  get_filename_component(name "${path}" NAME)
  file(READ "${path}" text)
  # Pieces keep each literal well under the length that every compiler takes.
  string(LENGTH "${text}" length)
  set(pieces "")
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} 8000 piece)
    string(APPEND pieces " R\"pith_data(${piece})pith_data\"")
    math(EXPR at "${at} + 8000")
  endwhile()
  if(length EQUAL 0)
    set(pieces " \"\"")
  endif()
  string(APPEND rows "    {\"${name}\",${pieces}},\n")
endforeach()
set(source "#include \"${HEADER}\"\n\n#include <array>\n\nnamespace ${NAMESPACE} {\n
std::span<const EmbeddedFile> ${FUNCTION}() {
    static constexpr std::array<EmbeddedFile, ${count}> files{{\n${rows}    }};
    return files;
}\n\n}  // namespace ${NAMESPACE}\n")
file(WRITE "${OUTPUT}" "${source}")
