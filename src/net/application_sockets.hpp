// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/applications.hpp"
#include "core/node.hpp"
#include "net/application_listener.hpp"
#include "net/application_stream.hpp"
#include "net/target_connect.hpp"
#include "net/worker.hpp"
#include "node/config.hpp"

namespace warmspare::net {

/// All sockets of a node's applications. What the node asks for from within its own calls and what would have
/// to call it back is kept for run_deferred().
class ApplicationSockets final : public core::Applications {
  public:
    /// `config` must outlive this.
    ApplicationSockets(Worker& worker, const node::Config& config);
    ~ApplicationSockets() override;
    ApplicationSockets(ApplicationSockets&&) = delete;

    /// Binds the listeners. The error is a sentence for the user.
    [[nodiscard]] std::expected<void, std::string> bind();
    /// Starts accepting.
    void accept();
    /// Accepts no more.
    void close_listeners();

    /// Does what could not be done from within the node, and returns whether there was anything.
    bool run_deferred();

    /// See ApplicationStream.
    [[nodiscard]] Moved take_in(core::StreamKey stream, int link, std::size_t size);

    void open(core::StreamKey stream, core::ProcessIndex process) override;
    std::size_t write(core::StreamKey stream, std::span<const Bytes> bytes) override;
    std::size_t write_piped(core::StreamKey stream, std::size_t size) override;
    void finish(core::StreamKey stream) override;
    void resume_reading(core::StreamKey stream) override;
    void close(core::StreamKey stream) override;
    void reset(core::StreamKey stream) override;

  private:
    template <class Write>
    std::size_t write_by(core::StreamKey stream, const Write& write);

    struct Application {
        std::shared_ptr<ApplicationStream> stream;
        /// While the target is being connected.
        std::shared_ptr<TargetConnect> connect;
    };
    struct Opening {
        core::StreamKey stream;
        core::ProcessIndex process;
    };

    void opened(core::StreamKey stream, FileDescriptor socket);
    void connect_target(const Opening& opening);
    void target_connected(core::StreamKey stream, std::expected<FileDescriptor, std::string> result);
    void forget(core::StreamKey stream);
    [[nodiscard]] std::shared_ptr<ApplicationStream> find(core::StreamKey stream) const;
    [[nodiscard]] const node::Endpoint* target_of(core::PeerIndex peer, core::ProcessIndex process) const;

    Worker& worker_;
    const node::Config& config_;
    std::vector<std::unique_ptr<ApplicationListener>> listeners_;
    std::unordered_map<core::StreamKey, Application> applications_;
    // Work for run_deferred().
    std::vector<Opening> to_connect_;
    std::vector<core::StreamKey> to_read_;
    std::vector<core::StreamKey> failed_;
    bool stream_ended_ = false;
};

}  // namespace warmspare::net
