// Memory that libraries under Graphviz keep until the process ends. Read by the
// leak sanitizer, if there is one; our own code is not excused.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libfontconfig\nleak:libgvc\nleak:libgvplugin\nleak:libpango\nleak:libcairo\n";
}
