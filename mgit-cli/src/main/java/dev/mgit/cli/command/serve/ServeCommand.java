package dev.mgit.cli.command.serve;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Session;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Settings;
import dev.mgit.serve.ModelServer;
import dev.mgit.serve.files.CacheSettings;
import dev.mgit.serve.files.FileCache;
import dev.mgit.serve.http.HttpServer.Door;
import dev.mgit.serve.http.Limits;
import dev.mgit.serve.http.Token;
import dev.mgit.serve.hub.push.Pushes;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves the repository over HTTP until it is stopped. */
@Command(
        name = "serve",
        description = {
            "Serve the repository's models over HTTP as the Hugging Face Hub does, until interrupted.",
            "With HF_ENDPOINT set to the address printed, huggingface_hub, transformers, diffusers and peft load any "
                    + "model by its name, and as revision any version, tag or id.",
            "A browser at the same address shows the lineage: graph, versions, comparisons, updates.",
            "Listens on this machine only, unless --host says otherwise; then --token-file is required."
        })
public final class ServeCommand implements Callable<Integer> {
    private static final int MOST_PORT = 65_535;

    private final Context context;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port to listen on, 0 for any free one. Default: ${DEFAULT-VALUE}.")
    private int port = 8080;

    @Option(names = "--host", paramLabel = "ADDRESS", description = "Address to listen on. Default: ${DEFAULT-VALUE}.")
    private String host = "127.0.0.1";

    @Option(
            names = "--accept-pushes",
            description = "Let clients push: every commit of theirs becomes a version, as by 'mgit commit'. Requires "
                    + "--token-file.")
    private boolean acceptPushes;

    @Option(names = "--read-only", description = "Refuse every request that would change the repository.")
    private boolean readOnly;

    @Option(names = "--no-web", description = "Serve no pages for browsers.")
    private boolean noWeb;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = {
                "Answer only clients that send a token in FILE (HF_TOKEN).",
                "Each line is TOKEN, or TOKEN NAME, or TOKEN NAME read."
            })
    private @Nullable Path tokenFile;

    @Mixin
    private final JsonOption json = new JsonOption();

    ServeCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (port < 0 || port > MOST_PORT) {
            throw MgitException.usage("--port is " + port + ", but must be a number from 0 to " + MOST_PORT);
        }
        List<Token> tokens =
                tokenFile == null ? List.of() : TokenFile.read(context.resolve(tokenFile), context.output()::warning);
        requireSense(tokens);
        InetAddress address = address(!tokens.isEmpty());
        try (Session session = Session.open(context);
                PushSession pushing = acceptPushes ? PushSession.open(context) : PushSession.none();
                ModelServer server = start(session, new Door(address, port, tokens, readOnly), pushing.pushes())) {
            var stop = new CountDownLatch(1);
            Thread atExit = new Thread(() -> {
                stop.countDown();
                server.close();
            });
            Runtime.getRuntime().addShutdownHook(atExit);
            announce(session.repository().root(), address, server.port());
            stop.await();
            atExit.join();
        }
        return 0;
    }

    private void requireSense(List<Token> tokens) {
        if (acceptPushes && readOnly) {
            throw MgitException.usage("--accept-pushes and --read-only cannot be combined");
        }
        if (acceptPushes && tokens.stream().noneMatch(Token::mayWrite)) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "whoever pushes must show a token",
                    "write a random token to a file and give --token-file FILE");
        }
    }

    private InetAddress address(boolean guarded) {
        InetAddress address;
        try {
            address = InetAddress.getAllByName(host)[0];
        } catch (UnknownHostException e) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "--host: '" + host + "' is no address of this machine", null, e);
        }
        if (!address.isLoopbackAddress() && !guarded) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "other machines can reach " + host + ": clients must show a token",
                    "write a random token to a file and give --token-file FILE, or leave --host out");
        }
        return address;
    }

    private ModelServer start(Session session, Door door, Optional<Pushes> pushes) throws IOException {
        try {
            Optional<Map<String, String>> web =
                    noWeb ? Optional.empty() : Optional.of(context.terminal().environment());
            return ModelServer.start(
                    session.repository(),
                    door,
                    Limits.standard(),
                    pushes,
                    web,
                    cache(session.repository().settings()),
                    context.output()::warning);
        } catch (BindException e) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "cannot listen on " + host + " port " + port + ": " + e.getMessage(),
                    "choose another port with --port, or 0 for any free one",
                    e);
        }
    }

    private Optional<FileCache> cache(Settings settings) {
        long most = CacheSettings.size(settings);
        Optional<Path> folder = context.userCache().filter(unused -> most > 0).map(place -> place.resolve("served"));
        if (folder.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(FileCache.open(folder.get(), most, context.output()::warning));
        } catch (IOException e) {
            context.output().warning("decoded files are not kept: " + e);
            return Optional.empty();
        }
    }

    /** The first line is for scripts that wait for it. */
    private void announce(Path root, InetAddress address, int chosen) throws IOException {
        String url = url(address, chosen);
        if (json.wanted()) {
            context.output().json(out -> {
                out.writeStringField("repository", root.toString());
                out.writeStringField("url", url);
                out.writeNumberField("port", chosen);
                out.writeBooleanField("readOnly", readOnly);
                out.writeBooleanField("acceptsPushes", acceptPushes);
            });
        } else {
            context.output().line("Serving " + root + " at " + url);
            // Nobody can connect to the address that stands for all of a machine's.
            String seen = address.isAnyLocalAddress()
                    ? "http://" + InetAddress.getLocalHost().getHostName() + ":" + chosen
                    : url;
            if (!noWeb) {
                context.output().hint("for the lineage: open " + seen + " in a browser");
            }
            context.output().hint("for Python: export HF_ENDPOINT=" + seen + (tokenFile == null ? "" : " HF_TOKEN=…"));
        }
        context.terminal().out().flush();
    }

    private static String url(InetAddress address, int chosen) {
        String text = address.getHostAddress();
        return "http://" + (address instanceof Inet6Address ? "[" + text + "]" : text) + ":" + chosen;
    }
}
