// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import Engine
internal import Glibc
internal import Supervision
internal import Systemd

extension Supervisor {
    /// Lets the container speak to the manager; what it said before it ended so soon that there is no process, too.
    ///
    /// - Parameter proxy: The socket that it speaks to.
    func listen(to proxy: NotifyProxy) {
        proxy.listen(
            isAlone: { [paths = proxy.paths, client, container] in
                // What is a user's own, all of the user's processes can reach. Root's can be reached by containers that
                // share the mount (--volumes-from).
                guard geteuid() == 0,
                    let sharing = try? await client.list(filters: ["volume": paths])
                else { return false }
                return sharing.allSatisfy { $0.id == container.id }
            },
            pass: { [weak self] in self?.handle(.notified($0)) },
            complain: { [weak self, name] in
                let what = $0.hasSuffix("=") ? "notification \($0)" : $0
                self?.report(.warning, "container \(name): \(what) not forwarded")
            })
    }
}
