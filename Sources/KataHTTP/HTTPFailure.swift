import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Says in words why a request had no answer.
enum HTTPFailure {
    static func reason(_ error: any Error, url: String) -> String {
        switch error {
        case let error as HTTPClientError: reason(error, url: url)
        case let error as ResponseFault: error.description
        case let error as HTTPParserError: "\(url) answered with what is no HTTP: \(error)"
        case is NIOHTTPDecoderError: ResponseFault.outOfOrder.description
        case let error as NIOConnectionError: "cannot connect to \(error.host):\(error.port): \(cause(of: error))"
        case let error as NIOSSLError: "no secure connection to \(url): \(error)"
        case let error as NIOSSLExtraError: "no secure connection to \(url): \(error)"
        case let error as IOError: "\(url): \(error.localized)"
        default: "\(url): \(error)"
        }
    }

    /// Whether there was no connection over which to send the request, whichever it was: the name of the server is not
    /// known, the server can't be reached, or refuses connections, or is not the one that it says it is.
    static func isWithoutConnection(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTPClientError: error == .connectTimeout
        case is NIOConnectionError: true
        case let error as IOError: unreachable.contains(error.errnoCode)
        case NIOSSLError.handshakeFailed, is NIOSSLExtraError: true
        default: false
        }
    }

    private static let unreachable = [ECONNREFUSED, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH]

    private static func reason(_ error: HTTPClientError, url: String) -> String {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout: "no connection to \(url) in time"
        case .readTimeout, .deadlineExceeded: "no answer from \(url) in time"
        case .remoteConnectionClosed: "\(url) closed the connection without an answer"
        default: "\(url): \(error)"
        }
    }

    private static func cause(of error: NIOConnectionError) -> String {
        if let failure = error.connectionErrors.first {
            return "\((failure.error as? IOError)?.localized ?? "\(failure.error)")"
        }
        return error.dnsAError ?? error.dnsAAAAError == nil ? "nothing answers" : "its address is not known"
    }
}

extension IOError {
    fileprivate var localized: String { String(cString: strerror(errnoCode)) }
}
