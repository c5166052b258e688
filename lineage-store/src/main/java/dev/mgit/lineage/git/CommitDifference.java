package dev.mgit.lineage.git;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/** In what a history that was put in place of another differs from it, commit by commit while they run alike. */
final class CommitDifference {
    private static final int FURTHEST = 256;
    private static final int SHOWN = 4;
    private static final long LONGEST_RECORD = 1 << 20;

    private final Repository git;
    private final RevWalk walk;
    private final Set<ObjectId> seen = new HashSet<>();
    private final List<String> found = new ArrayList<>();

    private CommitDifference(Repository git, RevWalk walk) {
        this.git = git;
        this.walk = walk;
    }

    /** Clauses such as {@code the author is Eve <e@x>, was Ada <a@x>}; none if one of the two is not here. */
    static List<String> between(Repository git, String recorded, String now) throws IOException {
        try (var walk = new RevWalk(git)) {
            var difference = new CommitDifference(git, walk);
            difference.compare(ObjectId.fromString(recorded), ObjectId.fromString(now), "");
            return difference.found;
        } catch (MissingObjectException | IncorrectObjectTypeException e) {
            return List.of();
        }
    }

    private void compare(AnyObjectId recordedId, AnyObjectId nowId, String where) throws IOException {
        if (recordedId.equals(nowId) || seen.size() >= FURTHEST || !seen.add(nowId.copy())) {
            return;
        }
        RevCommit recorded = walk.parseCommit(recordedId);
        RevCommit now = walk.parseCommit(nowId);
        CommitText was = CommitText.parse(recorded.getFullMessage());
        CommitText is = CommitText.parse(now.getFullMessage());
        if (!was.model().equals(is.model())) {
            found.add("it is a version of " + model(is) + ", where one of " + model(was) + " was recorded" + where);
            return;
        }
        people(recorded, now, where);
        texts(was, is, where);
        parents(recorded, now, where);
        files(recorded, now, where);
        int common = Math.min(recorded.getParentCount(), now.getParentCount());
        for (int i = 0; i < common; i++) {
            RevCommit parent = recorded.getParent(i);
            compare(
                    parent,
                    now.getParent(i),
                    " of its ancestor " + parent.abbreviate(10).name());
        }
    }

    private static String model(CommitText text) {
        return text.model().isEmpty() ? "no model" : "'" + text.model() + "'";
    }

    private void people(RevCommit recorded, RevCommit now, String where) {
        PersonIdent was = recorded.getAuthorIdent();
        PersonIdent is = now.getAuthorIdent();
        changed("the author" + where, name(was), name(is));
        changed("the date" + where, was.getWhenAsInstant(), is.getWhenAsInstant());
        if (name(was).equals(name(is)) && was.getWhenAsInstant().equals(is.getWhenAsInstant())) {
            changed("the committer" + where, name(recorded.getCommitterIdent()), name(now.getCommitterIdent()));
        }
    }

    private static String name(PersonIdent person) {
        return person.getName() + " <" + person.getEmailAddress() + ">";
    }

    private void texts(CommitText was, CommitText is, String where) {
        changed("the message" + where, quoted(was.message()), quoted(is.message()));
        changed("the trailers" + where, was.trailers(), is.trailers());
        changed("the previous version named" + where, previous(was), previous(is));
        changed("the edges named" + where, edges(was), edges(is));
    }

    private static String quoted(String message) {
        return "'" + message.strip().replaceAll("\\s+", " ") + "'";
    }

    private static String previous(CommitText text) {
        return text.previous().map(id -> id.abbreviated()).orElse("none");
    }

    private static String edges(CommitText text) {
        String edges = text.origins().stream()
                .map(edge -> edge.kind().word() + " of " + edge.model() + "@"
                        + edge.parent().abbreviated())
                .collect(Collectors.joining(", "));
        return edges.isEmpty() ? "none" : edges;
    }

    private void parents(RevCommit recorded, RevCommit now, String where) {
        if (recorded.getParentCount() != now.getParentCount()) {
            found.add("Git has " + now.getParentCount() + " parents" + where + ", had " + recorded.getParentCount());
        }
    }

    private void files(RevCommit recorded, RevCommit now, String where) throws IOException {
        Set<String> paths = new LinkedHashSet<>();
        try (var both = new TreeWalk(git, walk.getObjectReader())) {
            both.setFilter(TreeFilter.ANY_DIFF);
            both.setRecursive(true);
            both.addTree(recorded.getTree());
            both.addTree(now.getTree());
            while (both.next()) {
                String path = both.getPathString();
                paths.add(
                        path.endsWith(".json") && path.startsWith(GitLineage.RECORDS)
                                ? path + members(both.getObjectId(0), both.getObjectId(1))
                                : path);
            }
        }
        if (!paths.isEmpty()) {
            found.add("changed files" + where + ": "
                    + paths.stream().limit(SHOWN).collect(Collectors.joining(", "))
                    + (paths.size() > SHOWN ? " and " + (paths.size() - SHOWN) + " more" : ""));
        }
    }

    /** The members in which two records differ, as {@code " (command, inputs)"}. */
    private String members(ObjectId recorded, ObjectId now) throws IOException {
        Optional<JsonObject> was = json(recorded);
        Optional<JsonObject> is = json(now);
        if (was.isEmpty() || is.isEmpty()) {
            return "";
        }
        Set<String> names = new TreeSet<>(was.get().members().keySet());
        names.addAll(is.get().members().keySet());
        names.removeIf(name ->
                Objects.equals(was.get().members().get(name), is.get().members().get(name)));
        return names.isEmpty() ? "" : " (" + String.join(", ", names) + ")";
    }

    private Optional<JsonObject> json(ObjectId id) throws IOException {
        if (ObjectId.zeroId().equals(id) || walk.getObjectReader().getObjectSize(id, -1) > LONGEST_RECORD) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.parseObject(walk.getObjectReader().open(id).getBytes()));
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    private void changed(String what, Object was, Object is) {
        if (!was.equals(is)) {
            found.add(what + " is " + is + ", was " + was);
        }
    }
}
