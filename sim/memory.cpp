// Protection domains and registered memory, which lie in the arena. The key of an MR is 1 and
// the number of its place in the kernel's table.
#include <infiniband/verbs.h>

#include <algorithm>

#include "sim/call.hpp"

namespace qpcheck::sim {
namespace {

// Where a PD of the program stands, or where one may; null: nowhere.
ibv_pd** place_of(const ibv_pd* pd) {
  auto& pds = kernel().handles.pds;
  auto* const found = std::find(pds.begin(), pds.end(), pd);
  return found != pds.end() ? found : nullptr;
}

// Its memory and queue pairs keep a PD (ib_dealloc_pd_user: its usecnt).
bool in_use(const ibv_pd* pd) {
  const Handles& handles = kernel().handles;
  for (const Region& region : handles.regions)
    if (region.mr != nullptr && region.mr->pd == pd) return true;
  for (const ibv_qp* qp : handles.qps)
    if (qp != nullptr && qp->pd == pd) return true;
  return false;
}

// A null pointer asks for a free place. Null: there is none such.
Region* region_of(const ibv_mr* mr) {
  for (Region& region : kernel().handles.regions)
    if (region.mr == mr) return &region;
  return nullptr;
}

}  // namespace

std::uint8_t Call::device_of(const ibv_pd* pd, const char* why) {
  for (std::uint8_t number = 0; number < kernel().shared.devices; ++number)
    if (pd == device_pd(number)) return number;
  if (pd == nullptr || place_of(pd) == nullptr) no_object_at(pd, why);
  return device_number(pd->context);
}

}  // namespace qpcheck::sim

using namespace qpcheck::sim;

#undef ibv_reg_mr
extern "C" {

ibv_pd* ibv_alloc_pd(ibv_context* context) {
  Call call("ibv_alloc_pd", Offer::no, Fails::may);
  const std::uint8_t number = call.device_of(context, "ibv_alloc_pd on a device that is not open");
  if (call.fails(number)) return nullptr;
  ibv_pd** const place = place_of(nullptr);
  if (place == nullptr) call.not_simulated("more protection domains than the simulator keeps (4)");
  auto* const pd = static_cast<ibv_pd*>(Arena::get().allocate_zeroed(sizeof(ibv_pd)));
  pd->context = context;
  *place = pd;
  ++kernel().handles.program_holds;
  call.result(0);
  return pd;
}

int ibv_dealloc_pd(ibv_pd* pd) {
  Call call("ibv_dealloc_pd", Offer::no);
  ibv_pd** const place = pd != nullptr ? place_of(pd) : nullptr;
  if (place == nullptr) call.no_object_at(pd, "ibv_dealloc_pd of a PD that is gone or was never allocated");
  if (in_use(pd)) return call.verbs_result(EBUSY);
  *place = nullptr;
  Arena::get().free(pd);
  --kernel().handles.program_holds;
  return call.verbs_result(0);
}

ibv_mr* ibv_reg_mr_iova2(ibv_pd* pd, void* place, std::size_t bytes, std::uint64_t iova, unsigned int access) {
  Call call("ibv_reg_mr", Offer::no, Fails::may);
  if (call.fails(call.device_of(pd, "ibv_reg_mr on a PD that is gone or was never allocated"))) return nullptr;
  if (iova != reinterpret_cast<std::uint64_t>(place))
    call.not_simulated("memory that is registered under another address");
  Region* const region = region_of(nullptr);
  if (region == nullptr) call.not_simulated("more memory regions than the simulator keeps (8)");
  auto* const mr = static_cast<ibv_mr*>(Arena::get().allocate_zeroed(sizeof(ibv_mr)));
  mr->context = pd->context;
  mr->pd = pd;
  mr->addr = place;
  mr->length = bytes;
  mr->lkey = mr->rkey = static_cast<std::uint32_t>(region - kernel().handles.regions.data()) + 1;
  *region = {mr, static_cast<std::uint8_t>((access & IBV_ACCESS_LOCAL_WRITE) != 0)};
  ++kernel().handles.program_holds;
  call.result(0);
  return mr;
}

ibv_mr* ibv_reg_mr(ibv_pd* pd, void* place, std::size_t bytes, int access) {
  return ibv_reg_mr_iova2(pd, place, bytes, reinterpret_cast<std::uint64_t>(place), static_cast<unsigned>(access));
}

int ibv_dereg_mr(ibv_mr* mr) {
  Call call("ibv_dereg_mr", Offer::yes);
  Region* const region = mr != nullptr ? region_of(mr) : nullptr;
  if (region == nullptr) call.no_object_at(mr, "ibv_dereg_mr of an MR that is gone or was never registered");
  *region = {};
  Arena::get().free(mr);
  --kernel().handles.program_holds;
  return call.verbs_result(0);
}

}  // extern "C"
