import Foundation
import KataTestSupport
import Testing

/// What shells offer on Tab, asked of the shells themselves.
@Suite("Completion", .timeLimit(.minutes(10)))
struct CompletionTests {
    enum Shell: String, CaseIterable {
        case bash, zsh, fish

        /// A script that prints what the shell offers for the words in `$LINE`, one a line.
        var script: String {
            switch self {
            case .bash:
                """
                set -euo pipefail
                source completion
                COMP_LINE=$LINE
                COMP_POINT=${#COMP_LINE}
                COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
                read -ra COMP_WORDS <<<"$LINE"
                [[ $LINE != *' ' ]] || COMP_WORDS+=('')
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                COMPREPLY=()
                function=$(complete -p kata-ctl | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
                shopt -s progcomp
                "$function" kata-ctl "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" || true
                printf '%s\\n' "${COMPREPLY[@]}"
                """
            // A shell for people runs in a terminal of its own; its list of choices is printed between two marks. It shows what is
            // typed, too, so that the word it says when it is ready must not stand there.
            case .zsh:
                """
                zmodload zsh/zpty
                mkdir -p functions && cp completion functions/_kata-ctl
                zpty shell zsh -f -i
                zpty -w shell 'PROMPT= RPROMPT=; unsetopt zle_bracketed_paste; stty -echo columns 500; fpath=($PWD/functions $fpath)'
                zpty -w shell 'autoload -Uz compinit && compinit -u -D; zstyle ":completion:*" list-colors ""; LISTMAX=1000'
                zpty -w shell 'list() { compadd() { builtin compadd -O hits "$@"; builtin compadd -A hits "$@"; print -rl -- $hits; builtin compadd "$@" }; }'
                zpty -w shell 'show() { print -r -- "<<<"; list; zle complete-word; unfunction compadd; print -r -- ">>>"; zle kill-buffer }; zle -N show; bindkey "^T" show; print re""ady'
                zpty -r -m shell answer '*ready*'
                zpty -n -w shell "$LINE"$'\\C-t'
                zpty -r -m shell answer '*>>>*'
                print -r -- $answer | tr -d '\\r' | sed -n '/<<</,/>>>/p'
                zpty -d shell
                """
            // It has a command line that completions can ask for only while somebody types, so this types: the words, and a key
            // that writes what is offered to a file.
            case .fish:
                """
                import os, pty, select, time
                process, terminal = pty.fork()
                if process == 0: os.execvp("fish", ["fish", "--no-config", "-i"])
                setup = "function show; complete -C (commandline -cp) >offered; touch ready; commandline ''; end; "
                os.write(terminal, (setup + "bind \\ct show; source completion; echo be''gin\\r").encode())
                deadline, seen, typed = time.monotonic() + 60, b"", False
                while not os.path.exists("ready") and time.monotonic() < deadline:
                    if select.select([terminal], [], [], 0.05)[0]: seen += os.read(terminal, 65536)
                    if not typed and b"begin" in seen:
                        os.write(terminal, os.environ["LINE"].encode() + b"\\x14")
                        typed = True
                os.kill(process, 9)
                os.waitpid(process, 0)
                os.remove("ready")
                for line in open("offered"): print(line.split("\\t")[0].strip())
                """
            }
        }
    }

    @Test(
        "offers what the running daemon has: pipelines, jobs, entries of schedules, and commands and options of its own",
        arguments: Shell.allCases)
    func offers(shell: Shell) async throws {
        let workplace = try Workplace()
        try workplace.write(
            """
            socket: kata.sock
            pipelines:
              mail: { queue_size: 5, worker_count: 1, producer: { plugin: inbox }, consumer: { plugin: sleep, duration: 1h } }
              night:
                queue_size: 5
                worker_count: 1
                producer: { plugin: schedule, entries: { backup: { cron: "0 3 * * *" }, "$(touch ran)": { cron: "0 4 * * *", item: x } } }
                consumer: { plugin: sleep, duration: 0s }
            """, to: "kata.yaml")
        let daemon = try await workplace.answering(workplace.startDaemon())
        let ids = try await workplace.submit(["first", "second"])
        try workplace.write(shell.script, to: "ask")
        let script = try await workplace.control("--generate-completion-script", shell.rawValue)
        try workplace.write(script.output, to: "completion")
        let place = URL(fileURLWithPath: Binaries.kataControl).deletingLastPathComponent().path
        func offered(_ line: String) async throws -> Set<String> {
            let outcome = try await workplace.run(
                shell == .zsh ? "zsh" : shell == .bash ? "bash" : "python3", ["ask"],
                environment: [
                    "LINE": line, "KATA_SOCKET": workplace.socket, "HOME": workplace.path("."), "TERM": "dumb",
                    "PATH": "\(place):\(ProcessInfo.processInfo.environment["PATH"] ?? "")",
                ])
            #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(line): \(outcome)")
            let words = outcome.output.split(separator: "\n").flatMap {
                $0.split(separator: " ", maxSplits: 1).prefix(1)
            }
            return Set(words.map { String($0.split(separator: ":").first ?? $0[...]) })
        }
        #expect(try await offered("kata-ctl pa").contains("pause"))
        #expect(try await offered("kata-ctl pause ").isSuperset(of: ["mail", "night"]))
        #expect(try await offered("kata-ctl pause n").contains("night"))
        #expect(try await offered("kata-ctl submit --prio").contains("--priority"))
        #expect(try await offered("kata-ctl jobs --state fa").contains("failed"))
        #expect(try await offered("kata-ctl cancel ").isSuperset(of: ids.map(String.init)))
        #expect(try await offered("kata-ctl schedules run ").contains("night/backup"))
        #expect(try await offered("kata-ctl pause --socket none.sock ").isDisjoint(with: ["mail", "night"]))
        #expect(!FileManager.default.fileExists(atPath: workplace.path("ran")), "what stands in a name was run")
        daemon.kill(SIGTERM)
        daemon.kill(SIGTERM)
        _ = try await daemon.wait()
        // Without a daemon nothing is offered, and nothing is said.
        let silent = try await offered("kata-ctl pause ")
        #expect(silent.isDisjoint(with: ["mail", "night"]) && !silent.contains { $0.contains("daemon") })
    }
}
