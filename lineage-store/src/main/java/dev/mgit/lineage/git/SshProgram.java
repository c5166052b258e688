package dev.mgit.lineage.git;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.RemoteSession;
import org.eclipse.jgit.transport.RemoteSession2;
import org.eclipse.jgit.transport.SshSessionFactory;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.util.FS;
import org.jspecify.annotations.Nullable;

/**
 * Sessions by the user's own {@code ssh}, so that their agent, keys, jump hosts and known hosts count. {@code
 * GIT_SSH_COMMAND} and {@code GIT_SSH} name another program, as for Git; nothing in a repository can.
 */
final class SshProgram extends SshSessionFactory {
    private static final int END_SECONDS = 10;

    private final List<String> program;
    private final Map<String, String> environment;

    SshProgram(Map<String, String> environment) {
        this.environment = environment;
        this.program = program(environment);
    }

    /** A command is for the shell, which gets the arguments after it; a program is not. */
    private static List<String> program(Map<String, String> environment) {
        String command = environment.get("GIT_SSH_COMMAND");
        if (command != null && !command.isBlank()) {
            return List.of("sh", "-c", command + " \"$@\"", command);
        }
        return List.of(Optional.ofNullable(environment.get("GIT_SSH"))
                .filter(named -> !named.isBlank())
                .orElse("ssh"));
    }

    @Override
    public RemoteSession getSession(URIish uri, @Nullable CredentialsProvider credentials, FS fs, int timeout)
            throws TransportException {
        return new Session(uri);
    }

    @Override
    public String getType() {
        return "mgit-ssh-program";
    }

    private final class Session implements RemoteSession2 {
        private final URIish uri;
        private @Nullable Process process;

        Session(URIish uri) {
            this.uri = uri;
        }

        @Override
        public Process exec(String command, int timeout) throws IOException {
            return exec(command, Map.of(), timeout);
        }

        @Override
        public Process exec(String command, @Nullable Map<String, String> variables, int timeout) throws IOException {
            List<String> words = new ArrayList<>(program);
            Map<String, String> sent = variables == null ? Map.of() : variables;
            sent.keySet().forEach(name -> words.addAll(List.of("-o", "SendEnv=" + name)));
            if (uri.getPort() > 0) {
                words.addAll(List.of("-p", Integer.toString(uri.getPort())));
            }
            words.add(uri.getUser() == null ? uri.getHost() : uri.getUser() + "@" + uri.getHost());
            words.add(command);
            var builder = new ProcessBuilder(words);
            builder.environment().putAll(environment);
            builder.environment().putAll(sent);
            try {
                Process started = builder.start();
                process = started;
                return started;
            } catch (IOException e) {
                throw new TransportException(uri, "cannot run " + program.get(0) + ": " + e.getMessage(), e);
            }
        }

        @Override
        public void disconnect() {
            Process running = process;
            if (running != null) {
                try {
                    if (!running.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                        running.destroy();
                    }
                } catch (InterruptedException e) {
                    running.destroy();
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
