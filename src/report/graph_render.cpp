#include "report/graph_render.hpp"

#include <fmt/format.h>
#include <gvc.h>

#include <memory>
#include <mutex>
#include <set>

#include "report/graph_svg.hpp"

// The two parts of Graphviz that an SVG needs, linked instead of found at run
// time: without the text-measuring parts it falls back to its built-in widths.
extern "C" {
extern gvplugin_library_t gvplugin_core_LTX_library;
extern gvplugin_library_t gvplugin_dot_layout_LTX_library;
}

namespace qpcheck::report {
namespace {

std::mutex graphviz_mutex;

// What the library complained about in this call; guarded by the mutex.
std::string complaint;

int note_complaint(char* message) {
  complaint += message;
  return 0;
}

struct FreeGraph {
  void operator()(Agraph_t* graph) const { agclose(graph); }
};
using LibraryGraph = std::unique_ptr<Agraph_t, FreeGraph>;

// A graph while it is laid out; the graph outlives it.
class Layout {
 public:
  Layout(GVC_t* context, Agraph_t* graph)
      : context_(context), graph_(graph), good_(gvLayout(context, graph, "dot") == 0) {}
  ~Layout() {
    if (good_) gvFreeLayout(context_, graph_);
  }
  Layout(const Layout&) = delete;
  Layout& operator=(const Layout&) = delete;
  [[nodiscard]] bool good() const { return good_; }

 private:
  GVC_t* context_;
  Agraph_t* graph_;
  bool good_;
};

// Kept until the process ends: the part that measures text with fonts remembers
// the name of the last font, which a context takes with it when it is freed.
GVC_t* context_for(std::string_view format) {
  static const lt_symlist_t built_in[] = {
      {"gvplugin_dot_layout_LTX_library", &gvplugin_dot_layout_LTX_library},
      {"gvplugin_core_LTX_library", &gvplugin_core_LTX_library},
      {nullptr, nullptr}};
  static GVC_t* const for_svg = gvContextPlugins(built_in, /*demand_loading=*/0);
  if (format == "svg") return for_svg;
  static GVC_t* const for_others = gvContext();
  return for_others;
}

Error graphviz_failed(std::string_view step) {
  return Error(fmt::format(
      "Graphviz can not {} this graph: {}; render its DOT text with the dot command to see more",
      step, complaint.empty() ? "it does not say why" : complaint));
}

Result<std::string> draw(const std::string& dot, const std::string& format) {
  GVC_t* const context = context_for(format);
  if (context == nullptr) return graphviz_failed("prepare for");
  const LibraryGraph graph(agmemread(dot.c_str()));
  if (!graph) return graphviz_failed("read");
  const Layout layout(context, graph.get());
  if (!layout.good()) return graphviz_failed("lay out");
  char* data = nullptr;
  unsigned length = 0;
  if (gvRenderData(context, graph.get(), format.c_str(), &data, &length) != 0 || data == nullptr) {
    return graphviz_failed("draw");
  }
  std::string bytes(data, length);
  gvFreeRenderData(data);
  return bytes;
}

Result<void> check(const Graph& graph) {
  std::set<std::string> ids;
  for (const Node& node : graph.nodes) {
    if (!ids.insert(node.id).second)
      return Error(fmt::format("the node \"{}\" is there twice; give each its own id", node.id));
  }
  for (const Edge& edge : graph.edges) {
    for (const std::string& end : {edge.from, edge.to}) {
      if (!ids.contains(end))
        return Error(
            fmt::format("an edge names the node \"{}\", which is not there; add the node", end));
    }
  }
  return {};
}

}  // namespace

Result<std::string> render(const Graph& graph, std::string_view format) {
  if (format != "svg" && format != "png") {
    return Error(fmt::format("no picture can be made as \"{}\"; choose svg or png", format));
  }
  if (const auto good = check(graph); !good) return good.error();
  const std::lock_guard lock(graphviz_mutex);
  complaint.clear();
  agseterrf(note_complaint);
  auto picture = draw(to_dot(graph), std::string(format));
  if (!picture || format == "png") return picture;
  return tidy_svg(*picture, graph.title);
}

Result<std::string> render_svg(const Graph& graph) { return render(graph, "svg"); }

}  // namespace qpcheck::report
