package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.VersionId;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.ObjectWalk;
import org.eclipse.jgit.transport.PackParser;

/**
 * A version and its lineage as one file that needs no repository: a Git bundle, which Git itself can clone. Opening one
 * hashes every object in it and follows every reference to its end. It holds objects only, so no settings and no hooks
 * come with it.
 */
public final class LineageBundle implements AutoCloseable {
    static final String EDGES = "refs/mgit/edges/";

    private static final String HEADER = "# v2 git bundle";
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{40}) (\\S{1,1000})");
    private static final Pattern WANTED = Pattern.compile(
            "refs/heads/.+|" + GitLineage.NOTES + "[a-z-]+|" + GitLineage.REGISTRY + "|" + EDGES + "[0-9a-f]{40}");
    private static final int MOST_REFERENCES = 100_000;
    private static final int LONGEST_LINE = 2000;
    private static final int LARGEST_OBJECT = 64 << 20;

    private final GitLineage lineage;
    private final VersionId subject;

    private LineageBundle(GitLineage lineage, VersionId subject) {
        this.lineage = lineage;
        this.subject = subject;
    }

    public Lineage lineage() {
        return lineage;
    }

    /** What the commit of a version says of it, side by side. */
    public StoredVersion stored(VersionId version) {
        return GitErrors.reading(() -> StoredVersion.read(lineage, version));
    }

    /** The version it was made of. */
    public VersionId subject() {
        return subject;
    }

    /**
     * @param folder where its objects are put: one that is not there yet, and that the caller removes
     * @throws MgitException of kind INTEGRITY if it is no bundle, or one that is not whole
     */
    public static LineageBundle open(Path file, Path folder) throws IOException {
        GitLineage.create(folder);
        Map<String, ObjectId> references;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
                FileRepository git = new FileRepository(folder.toFile())) {
            references = references(in, file);
            parse(in, git);
            requireWhole(git, references);
            for (Map.Entry<String, ObjectId> reference : references.entrySet()) {
                if (!reference.getKey().equals(Constants.HEAD)) {
                    RefUpdate update = git.updateRef(reference.getKey());
                    update.setNewObjectId(reference.getValue());
                    update.forceUpdate();
                }
            }
        } catch (MissingObjectException e) {
            throw damaged(file, "object " + e.getObjectId().name() + " is missing", e);
        } catch (IOException | IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            throw damaged(file, String.valueOf(e.getMessage()), e);
        }
        VersionId subject = Optional.ofNullable(references.get(Constants.HEAD))
                .map(GitLineage::id)
                .orElseThrow(() -> damaged(file, "it does not say which version it is about", null));
        return new LineageBundle(GitLineage.open(folder, folder.resolve("operations")), subject);
    }

    private static MgitException damaged(Path file, String why, @org.jspecify.annotations.Nullable Exception cause) {
        String first = why.lines().findFirst().orElse("");
        return new MgitException(
                MgitException.Kind.INTEGRITY,
                file.getFileName() + " is no whole bundle: " + first,
                "get it again from whoever made it with 'mgit bundle'",
                cause);
    }

    private static Map<String, ObjectId> references(InputStream in, Path file) throws IOException {
        if (!line(in).equals(HEADER)) {
            throw damaged(file, "it does not begin as one", null);
        }
        Map<String, ObjectId> references = new LinkedHashMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches() || references.size() >= MOST_REFERENCES) {
                throw damaged(file, "a reference in it cannot be read", null);
            }
            String name = matcher.group(2);
            boolean wanted =
                    name.equals(Constants.HEAD) || WANTED.matcher(name).matches() && Repository.isValidRefName(name);
            if (!wanted) {
                throw damaged(file, "it has a reference '" + name + "'", null);
            }
            references.put(name, ObjectId.fromString(matcher.group(1)));
        }
        return references;
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0 || line.size() >= LONGEST_LINE) {
                throw new IOException("its list of references does not end");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private static void parse(InputStream in, FileRepository git) throws IOException {
        try (ObjectInserter inserter = git.newObjectInserter()) {
            PackParser parser = IncomingPack.parser(inserter, in);
            parser.setAllowThin(false);
            parser.setObjectChecker(new ObjectChecker());
            parser.setMaxObjectSizeLimit(LARGEST_OBJECT);
            var unused = parser.parse(NullProgressMonitor.INSTANCE);
            inserter.flush();
        }
    }

    private static void requireWhole(FileRepository git, Map<String, ObjectId> references) throws IOException {
        try (var walk = new ObjectWalk(git)) {
            for (ObjectId tip : references.values()) {
                walk.markStart(walk.parseCommit(tip));
            }
            walk.checkConnectivity();
        }
    }

    @Override
    public void close() {
        lineage.close();
    }
}
