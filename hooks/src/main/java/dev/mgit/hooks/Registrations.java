package dev.mgit.hooks;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.version.Transaction;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Registrations of one sort: a registry file each, {@code FOLDER/NAME.json}, versioned with the repository. What is
 * registered here is trusted here at once.
 */
public final class Registrations<T> {
    /** Of the form registrations are written in. Version 2: built-in checks, and baselines of metrics. */
    private static final int SCHEMA = 2;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private final Workspace workspace;
    private final Trust trust;
    private final String folder;
    private final Function<JsonObject, T> reader;

    /** @param folder {@code tests} or {@code hooks}; a registration is called by its singular */
    public Registrations(Workspace workspace, String folder, Function<JsonObject, T> reader) {
        this.workspace = workspace;
        this.trust = new Trust(workspace.trusted());
        this.folder = folder;
        this.reader = reader;
    }

    /**
     * Checks what is registered.
     *
     * @param sort {@code test} or {@code hook}, for the message
     * @throws MgitException of kind USAGE if it cannot have this name, or has no command
     */
    public static void require(String sort, String name, List<String> command) {
        if (!NAME.matcher(name).matches()) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "'" + name + "' is not a valid name for a " + sort,
                    "use letters, digits, . _ and -");
        }
        if (command.isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.USAGE, sort + " '" + name + "' has no command", "give it after --");
        }
    }

    /** @throws MgitException if a registration was written by an mgit that knows more */
    public static void requireReadable(String sort, JsonObject registration) {
        if (registration.number("schema") > SCHEMA) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    sort + " '" + registration.string("name") + "' was registered by a newer mgit",
                    "update mgit to run it");
        }
    }

    /** The version a registration is written as: the oldest that says it, so that older mgits read what they can. */
    public static int schema(boolean newest) {
        return newest ? SCHEMA : 1;
    }

    private String path(String name) {
        return folder + "/" + name + ".json";
    }

    private String sort() {
        return folder.substring(0, folder.length() - 1);
    }

    /** All registrations by name, trusted or not. */
    public List<T> list() {
        synchronized (workspace) {
            return workspace.lineage().registryFiles(folder).stream()
                    .filter(path -> path.endsWith(".json"))
                    .sorted()
                    .flatMap(path -> workspace.lineage().registryFile(path).stream()
                            .map(bytes -> JsonMembers.read(bytes, path, reader)))
                    .toList();
        }
    }

    public Optional<T> find(String name) {
        return file(name).map(bytes -> JsonMembers.read(bytes, path(name), reader));
    }

    private Optional<byte[]> file(String name) {
        synchronized (workspace) {
            return workspace.lineage().registryFile(path(name));
        }
    }

    /** @throws MgitException of kind USAGE if there is none of that name */
    public T get(String name) {
        return find(name)
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.USAGE,
                        "no " + sort() + " '" + name + "'",
                        "list them with 'mgit " + (folder.equals("hooks") ? "hooks" : sort()) + " list'"));
    }

    public void add(String name, JsonObject registration) {
        byte[] bytes = Json.pretty(registration);
        trust.requireWritable();
        change(sort() + " add " + name, transaction -> {
            transaction.putRegistryFile(path(name), bytes);
            // Ahead: what is trusted and not registered is nothing, the other way round is half of it.
            trust.accept(Trust.Item.of(path(name), bytes));
        });
    }

    public void remove(String name) {
        change(sort() + " rm " + name, transaction -> {
            var unused = get(name);
            transaction.removeRegistryFile(path(name));
        });
    }

    private void change(String what, Consumer<Transaction> body) {
        workspace.locked(what, () -> {
            Transaction transaction = workspace.lineage().begin(what, workspace.author());
            body.accept(transaction);
            transaction.apply();
            return true;
        });
    }

    public boolean trusted(String name) {
        return file(name)
                .map(bytes -> trust.accepts(Trust.Item.of(path(name), bytes)))
                .orElse(false);
    }

    /** @throws MgitException if it came from elsewhere and nobody has accepted it here */
    public void requireTrusted(String name) {
        if (!trusted(name)) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    sort() + " '" + name + "' came from elsewhere and has not been approved here",
                    "review and approve it with 'mgit hooks trust'");
        }
    }
}
