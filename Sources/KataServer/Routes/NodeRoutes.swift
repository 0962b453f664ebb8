import Kata
import KataAPI

/// The routes about the daemons that work with the same database.
struct NodeRoutes {
    let service: any ControlService

    func add(to router: inout HTTPRouter) {
        router.get("/v1/nodes") { _ in
            let nodes = try nodes()
            return try HTTPResponse(NodesDocument(try await nodes.all(), from: nodes.node))
        }
        router.post("/v1/nodes/:node/pipelines/:name/scale", ["workers"]) { request in
            let nodes = try nodes()
            let (node, pipeline) = (request.nodeName, request.pipelineName ?? "")
            guard let workers = try request.integer("workers", in: PipelineConfiguration.workerCounts) else {
                throw ProblemDocument.badParameter("workers is missing, expected a number from 1 to 10000")
            }
            guard try await nodes.scale(pipeline, on: node, to: workers) else { throw Self.unknown(pipeline, on: node) }
            return try HTTPResponse(NodeWorkersDocument(node: node, pipeline: pipeline, workerCount: workers))
        }
    }

    private func nodes() throws -> NodeSteering {
        if let nodes = service.nodes { return nodes }
        throw ProblemDocument(
            status: 409, title: "No nodes",
            detail: "this daemon has its database for itself; daemons that share a PostgreSQL database are nodes")
    }

    private static func unknown(_ pipeline: String, on node: String) -> ProblemDocument {
        ProblemDocument(
            status: 404, title: "Not found",
            detail:
                "there is no node '\(node)' that works on a pipeline '\(pipeline)'; 'kata-ctl status --nodes' shows all there "
                + "are")
    }
}

extension HTTPRequest {
    fileprivate var nodeName: String { pathParameters["node"]?.percentDecoded ?? "" }
}
