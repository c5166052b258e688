package dev.mgit.lineage.sign;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks signatures against what was signed. */
public final class Signatures {
    private static final int SHOWN = 5;

    private final Trust trust;

    public Signatures(Trust trust) {
        this.trust = trust;
    }

    /** What a statement of some type says of a version, held against what is recorded. */
    @FunctionalInterface
    public interface Claims {
        /** Where they disagree, a clause each; empty if they agree, or if nothing is known of such statements. */
        List<String> disagreements(VersionId version, Statement statement);
    }

    /**
     * One signature, checked.
     *
     * @param what the type of the statement
     * @param signer who signed, or says so
     * @param known false if it is by somebody whose signatures cannot be judged here; then it was not checked
     * @param faults what is wrong, a sentence each; empty if it holds
     */
    public record Result(String what, String signer, boolean known, List<String> faults) {
        public Result {
            faults = List.copyOf(faults);
        }

        public boolean holds() {
            return known && faults.isEmpty();
        }

        public boolean isOfFiles() {
            return what.equals(ModelFiles.PREDICATE);
        }

        /** Whether it covers everything in the version: its files, or Git's commit, which names them all. */
        public boolean isOfVersion() {
            return isOfFiles() || what.equals("commit") || what.startsWith("tag ");
        }
    }

    /** The signatures noted on a version. */
    public List<Result> of(Lineage lineage, VersionId version, Claims claims) {
        return lineage
                .note(SignatureNotes.NAMESPACE, version, SignatureNotes::parse)
                .map(SignatureNotes::bundles)
                .orElse(List.of())
                .stream()
                .map(bundle -> check(bundle, statement -> faults(lineage, version, statement, claims)))
                .toList();
    }

    /** A signature kept elsewhere, over a version. */
    public Result of(Lineage lineage, VersionId version, SigstoreBundle bundle, Claims claims) {
        return check(bundle, statement -> faults(lineage, version, statement, claims));
    }

    /**
     * A signature over the files of a folder.
     *
     * @param file where the bundle lies, which is no part of the model
     */
    public Result of(Path folder, SigstoreBundle bundle, Path file) throws IOException {
        Result signed = check(bundle, statement -> {
            ModelFiles unused = ModelFiles.of(statement);
            return List.of();
        });
        if (!signed.holds()) {
            return signed; // nobody's list of files is worth hashing a folder for
        }
        ModelFiles files = ModelFiles.of(bundle.statement());
        List<String> ignored = files.ignoredBy(bundle.statement());
        if (file.startsWith(folder)) {
            ignored.add(folder.relativize(file).toString().replace('\\', '/'));
        }
        List<String> faults = shortened(files.differences(FolderFiles.of(folder, ignored)));
        return new Result(signed.what(), signed.signer(), true, faults);
    }

    /**
     * Those that do not hold. What is stated of tests, edges and recipes may be stated anew after they changed, so such a
     * statement counts no more where a later one by the same signer holds; files never change.
     */
    public static List<Result> broken(List<Result> results) {
        return results.stream()
                .filter(result -> !result.faults().isEmpty())
                .filter(result -> result.isOfFiles()
                        || results.stream()
                                .noneMatch(other -> other.holds()
                                        && other.what().equals(result.what())
                                        && other.signer().equals(result.signer())))
                .toList();
    }

    private interface Check {
        List<String> faults(Statement statement);
    }

    private Result check(SigstoreBundle bundle, Check check) {
        String what = "";
        try {
            Statement statement = bundle.statement();
            what = statement.predicateType();
            if (!trust.knows(bundle)) {
                return new Result(what, bundle.claimedSigner(), false, List.of());
            }
            String signer = trust.require(bundle);
            return new Result(what, signer, true, check.faults(statement));
        } catch (MgitException e) {
            return new Result(what, bundle.claimedSigner(), true, List.of(e.getMessage()));
        }
    }

    private static List<String> faults(Lineage lineage, VersionId version, Statement statement, Claims claims) {
        Optional<String> about = statement.commit().filter(id -> !id.equals(version.hex()));
        if (about.isPresent()) {
            return List.of("it is a signature over another version, '" + statement.name() + "' at " + about.get());
        }
        if (statement.predicateType().equals(ModelFiles.PREDICATE)) {
            return shortened(differences(lineage, version, statement));
        }
        String signed = statement.digests().get(Statement.FILES);
        if (statement.commit().isEmpty()
                && !VersionFiles.of(lineage, version).digest().equals(signed)) {
            return List.of("it is a statement about other files, '" + statement.name() + "'");
        }
        return claims.disagreements(version, statement);
    }

    /** Training state that was dropped later may have been signed or not. */
    private static List<String> differences(Lineage lineage, VersionId version, Statement statement) {
        ModelFiles signed = ModelFiles.of(statement);
        List<String> ignored = signed.ignoredBy(statement);
        List<String> found =
                signed.differences(VersionFiles.recorded(lineage, version).without(ignored));
        return found.isEmpty()
                ? found
                : signed.differences(VersionFiles.present(lineage, version).without(ignored));
    }

    private static List<String> shortened(List<String> clauses) {
        if (clauses.size() <= SHOWN) {
            return clauses;
        }
        List<String> some = new ArrayList<>(clauses.subList(0, SHOWN));
        some.add("and " + (clauses.size() - SHOWN) + " more files differ");
        return some;
    }
}
