package dev.mgit.lineage.git;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.transport.CredentialItem;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.NetRCCredentialsProvider;
import org.eclipse.jgit.transport.URIish;
import org.jspecify.annotations.Nullable;

/**
 * Names and passwords from where Git has them: its credential helpers by {@code git credential}, where there is a Git,
 * then {@code ~/.netrc}. What was accepted is told to the helpers, what was refused too; mgit keeps nothing.
 */
final class GitCredentials extends CredentialsProvider {
    private final Map<String, String> environment;
    private final CredentialsProvider netrc = new NetRCCredentialsProvider();
    private @Nullable Map<String, String> given;

    GitCredentials(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public boolean isInteractive() {
        return false;
    }

    @Override
    public boolean supports(CredentialItem... items) {
        for (CredentialItem item : items) {
            if (!(item instanceof CredentialItem.Username) && !(item instanceof CredentialItem.Password)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean get(URIish uri, CredentialItem... items) {
        if (!supports(items)) {
            return false;
        }
        Map<String, String> answer = git("fill", description(uri));
        String username = answer.get("username");
        String password = answer.get("password");
        if (username == null || password == null) {
            return netrc.get(uri, items);
        }
        given = answer;
        for (CredentialItem item : items) {
            if (item instanceof CredentialItem.Username name) {
                name.setValue(username);
            } else if (item instanceof CredentialItem.Password secret) {
                secret.setValueNoCopy(password.toCharArray());
            }
        }
        return true;
    }

    @Override
    public void reset(URIish uri) {
        settle("reject");
    }

    /** What was given was right. */
    void approve() {
        settle("approve");
    }

    private void settle(String verdict) {
        Map<String, String> answer = given;
        given = null;
        if (answer != null) {
            git(verdict, answer);
        }
    }

    private static Map<String, String> description(URIish uri) {
        var description = new LinkedHashMap<String, String>();
        description.put("protocol", uri.getScheme());
        description.put("host", uri.getPort() > 0 ? uri.getHost() + ":" + uri.getPort() : uri.getHost());
        description.put("path", uri.getPath().replaceFirst("^/", ""));
        if (uri.getUser() != null) {
            description.put("username", uri.getUser());
        }
        return description;
    }

    /** Runs {@code git credential}; empty if there is no Git or it has no answer. */
    private Map<String, String> git(String action, Map<String, String> input) {
        var builder = new ProcessBuilder(List.of("git", "credential", action));
        builder.environment().putAll(environment);
        builder.environment().keySet().removeIf(name -> name.equals("GIT_DIR") || name.equals("GIT_WORK_TREE"));
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        var answer = new LinkedHashMap<String, String>();
        try {
            Process process = builder.start();
            try (Writer out = process.outputWriter(StandardCharsets.UTF_8)) {
                for (Map.Entry<String, String> entry : input.entrySet()) {
                    out.write(entry.getKey() + "=" + entry.getValue() + "\n");
                }
                out.write("\n");
            }
            try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
                lines.lines().filter(line -> line.contains("=")).forEach(line -> {
                    int equals = line.indexOf('=');
                    answer.put(line.substring(0, equals), line.substring(equals + 1));
                });
            }
            return process.waitFor() == 0 ? answer : Map.of();
        } catch (IOException e) {
            return Map.of(); // no Git here
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Map.of();
        }
    }
}
