// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/node.hpp"
#include "core/time.hpp"
#include "net/acceptor.hpp"
#include "net/listen_plan.hpp"
#include "net/peer_filter.hpp"
#include "net/worker.hpp"

namespace warmspare::net {

/// Listens where links of other nodes come in, and lets in who may come. While its address or device is
/// absent it tries again every interval.
class LinkListener {
  public:
    /// A connection that belongs to one of the candidates.
    using Accepted = std::function<void(FileDescriptor, std::vector<core::Candidate>)>;

    LinkListener(Worker& worker, ListenPoint point, core::Duration interval, Accepted accepted);
    ~LinkListener();
    LinkListener(LinkListener&&) = delete;

    /// Binds. An absent address or device is an event and no error; anything else is, in a sentence for the
    /// user, and only at the start.
    [[nodiscard]] std::expected<void, std::string> open();
    void close();

  private:
    void listen(FileDescriptor socket);
    void try_again_later();
    void check_again();
    /// Whether the device that the socket is bound to is gone or another one by now.
    [[nodiscard]] bool device_changed() const;
    void tell_absence(int error_number);
    bool admit(FileDescriptor socket);
    void tell_refusal(const TcpAddress& source);

    Worker& worker_;
    ListenPoint point_;
    core::Duration interval_;
    Accepted accepted_;
    std::shared_ptr<PeerFilter> filter_;
    std::shared_ptr<Acceptor> acceptor_;
    Timer timer_;
    bool closed_ = false;
    /// Of the bound device; 0: none.
    unsigned device_index_ = 0;
    /// The reason for which it cannot be bound, once it was told.
    int told_error_ = 0;
    std::optional<core::Time> last_refusal_told_;
    std::uint64_t refusals_untold_ = 0;
};

}  // namespace warmspare::net
