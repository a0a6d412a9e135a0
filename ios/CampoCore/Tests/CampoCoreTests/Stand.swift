import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The office of a server that runs already: `CAMPO_STAND` names a file with its address, the administrator's token and the
/// ids of the forms. `ios/test.sh` founds the company.
struct Stand: Decodable {
    let url: String
    let token: String
    let forms: [String: String]

    static func there() throws -> Stand {
        guard let path = ProcessInfo.processInfo.environment["CAMPO_STAND"] else {
            throw Missing(what: "CAMPO_STAND: run the tests by `make test-swift`")
        }
        return try JSONDecoder().decode(Stand.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    struct Missing: Error { let what: String }

    /// A one-time code for a phone with everybody on its roster.
    func code() async throws -> String {
        let roster = #"{"name":"Teléfono","roster":{"employees":["number:E1","number:E2"]}}"#
        let answer = try await call("POST", "/v1/enrolments", roster)
        guard let made = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any],
              let code = made["code"] as? String
        else { throw Missing(what: "code in \(answer)") }
        return code
    }

    func get(_ path: String) async throws -> String { try await call("GET", path, nil) }

    private func call(_ method: String, _ path: String, _ body: String?) async throws -> String {
        var request = URLRequest(url: URL(string: url + path)!)
        request.httpMethod = method
        request.httpBody = body.map { Data($0.utf8) }
        request.setValue("application/json", forHTTPHeaderField: "content-type")
        request.setValue("Bearer \(token)", forHTTPHeaderField: "authorization")
        request.setValue(UUID().uuidString, forHTTPHeaderField: "idempotency-key")
        let (data, answer) = try await URLSession.shared.data(for: request)
        let status = (answer as? HTTPURLResponse)?.statusCode ?? 0
        let text = String(decoding: data, as: UTF8.self)
        guard (200..<300).contains(status) else { throw Missing(what: "\(method) \(path): \(status) \(text)") }
        return text
    }
}
