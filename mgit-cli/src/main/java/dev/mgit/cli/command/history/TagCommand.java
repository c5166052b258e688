package dev.mgit.cli.command.history;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.Table;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Tag;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists, sets and removes tags. */
@Command(name = "tag", description = "List, create or delete tags.")
public final class TagCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "NAME", arity = "0..1", description = "The tag.")
    private @Nullable String name;

    @Parameters(
            index = "1",
            paramLabel = "REV",
            arity = "0..1",
            description = "The version to tag. Default: @, the version checked out here.")
    private @Nullable String revision;

    @Option(
            names = {"-d", "--delete"},
            description = "Delete the tag.")
    private boolean delete;

    @Option(
            names = {"-l", "--list"},
            description = "List tags; with NAME, those matching the pattern, such as 'v*'.")
    private boolean list;

    @Option(
            names = {"-f", "--force"},
            description = "Move the tag if it exists.")
    private boolean force;

    @Option(
            names = {"-s", "--sign"},
            description = "Sign the tag as Git does, with the key and program of your own Git configuration.")
    private boolean sign;

    @Option(
            names = {"-m", "--message"},
            paramLabel = "MSG",
            description = "With --sign: the tag's message. Default: the tag's name.")
    private @Nullable String message;

    @Mixin
    private final JsonOption json = new JsonOption();

    @Mixin
    private final WaitOption wait = new WaitOption();

    TagCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            if (name == null || list) {
                list(session.repository().lineage());
            } else if (delete) {
                delete(session, name);
            } else {
                set(session, name);
            }
        }
        return 0;
    }

    private static boolean exists(Lineage lineage, String name) {
        return lineage.tags().stream().anyMatch(tag -> tag.name().equals(name));
    }

    private void set(Session session, String tag) throws IOException {
        Lineage lineage = session.repository().lineage();
        if (revision == null && session.revisions().checkedOut().isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "which version should be tagged '" + tag + "'?",
                    "mgit tag " + tag + " REV");
        }
        String wanted = revision == null ? "@" : revision;
        String named = wait.changeTo(context, session, "tag " + tag, transaction -> {
            VersionId version = session.resolve(wanted);
            if (exists(lineage, tag) && !force) {
                throw new MgitException(
                        MgitException.Kind.CONFLICT, "there is already a tag '" + tag + "'", "move it with --force");
            }
            transaction.setTag(tag, signs() ? signed(session, tag, version) : version);
            return session.name(version);
        });
        context.output().line(tag + " is " + named + (signs() ? ", signed" : ""));
    }

    private boolean signs() {
        if (message != null && !sign) {
            throw MgitException.usage("a message needs a signed tag: --sign");
        }
        return sign;
    }

    private VersionId signed(Session session, String tag, VersionId version) {
        try (GitExchange git = session.repository().exchange()) {
            return git.writeTag(tag, version, message == null ? tag : message, session.author(), context.signer());
        }
    }

    private void delete(Session session, String tag) throws IOException {
        Lineage lineage = session.repository().lineage();
        wait.change(context, session, "delete tag " + tag, transaction -> {
            if (!exists(lineage, tag)) {
                throw MgitException.usage("there is no tag '" + tag + "'");
            }
            transaction.deleteTag(tag);
        });
        context.output().line("Removed tag " + tag);
    }

    private void list(Lineage lineage) throws IOException {
        if (delete || force || revision != null) {
            throw MgitException.usage(name == null ? "name the tag" : "--list takes only a pattern");
        }
        Glob pattern = name == null ? Glob.ALL : new Glob(name);
        List<Tag> tags =
                lineage.tags().stream().filter(tag -> pattern.test(tag.name())).toList();
        if (json.wanted()) {
            context.output().json(out -> {
                out.writeArrayFieldStart("tags");
                for (Tag tag : tags) {
                    out.writeStartObject();
                    out.writeStringField("name", tag.name());
                    out.writeStringField("version", tag.version().hex());
                    out.writeEndObject();
                }
                out.writeEndArray();
            });
            return;
        }
        Table table = context.output().table("Tag", "Version", "Model");
        for (Tag tag : tags) {
            table.row(
                    tag.name(),
                    tag.version().abbreviated(),
                    lineage.version(tag.version()).model());
        }
        table.print();
    }
}
