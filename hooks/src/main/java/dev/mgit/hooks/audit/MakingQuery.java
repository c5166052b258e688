package dev.mgit.hooks.audit;

import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.licence.LicenceExpression;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.lineage.query.DeclaredFacts;
import dev.mgit.lineage.version.VersionId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What versions were made with; all conditions hold together, and parts left empty do not matter.
 *
 * @param input the start of a digest of data, in hexadecimal, or a recorded path
 * @param dataset the name of data
 * @param codeRevision the start of the Git revision of the code that ran
 * @param library a package by name, and its version if one is given
 * @param licence of the version itself, as an SPDX or Hub identifier
 */
public record MakingQuery(
        Optional<String> input,
        Optional<String> dataset,
        Optional<String> codeRevision,
        Optional<Library> library,
        Optional<String> licence) {
    /** Asks for nothing. */
    public static final MakingQuery NONE =
            new MakingQuery(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** A package; names are compared as Python's package index does. */
    public record Library(String name, Optional<String> version) {
        /** Reads {@code NAME[=VERSION]}. */
        public static Library parse(String text) {
            int equals = text.indexOf('=');
            return new Library(
                    equals < 0 ? text : text.substring(0, equals),
                    equals < 0
                            ? Optional.empty()
                            : Optional.of(text.substring(equals).replaceFirst("^=+", "")));
        }

        boolean isIn(Recipe recipe) {
            return recipe.circumstances().packages().entrySet().stream()
                    .anyMatch(one -> plain(one.getKey()).equals(plain(name))
                            && version.map(one.getValue()::equals).orElse(true));
        }

        private static String plain(String name) {
            return name.toLowerCase(Locale.ROOT).replaceAll("[-_.]+", "-");
        }
    }

    public static MakingQuery ofInput(String input) {
        return new MakingQuery(
                Optional.of(input), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public static MakingQuery ofDataset(String name) {
        return new MakingQuery(
                Optional.empty(), Optional.of(name), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public static MakingQuery ofLibrary(Library library) {
        return new MakingQuery(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(library), Optional.empty());
    }

    public static MakingQuery ofLicence(String licence) {
        return new MakingQuery(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(licence));
    }

    /**
     * Tells of versions that are here whether they match. Reads what is recorded of each; there is no index.
     *
     * @param damaged told in a sentence of each file that cannot be asked
     */
    public Predicate<VersionId> in(Workspace workspace, Consumer<String> damaged) {
        if (equals(NONE)) {
            return version -> true;
        }
        var facts = new DeclaredFacts(workspace.lineage(), damaged);
        var reader = new ProvenanceReader(workspace, facts);
        return version -> (input.isEmpty() && dataset.isEmpty() || data(reader.data(version)))
                && (codeRevision.isEmpty() && library.isEmpty()
                        || reader.recipe(version)
                                .filter(made -> recipe(made.made()))
                                .isPresent())
                && (licence.isEmpty()
                        || facts.licence(workspace.lineage().version(version))
                                .filter(own ->
                                        LicenceExpression.read(own.name()).names(licence.get()))
                                .isPresent());
    }

    private boolean data(List<DataFact> all) {
        return input.map(wanted -> all.stream().anyMatch(data -> isInput(data, wanted)))
                        .orElse(true)
                && dataset.map(name -> all.stream().anyMatch(data -> data.name().equalsIgnoreCase(name)))
                        .orElse(true);
    }

    private static boolean isInput(DataFact data, String wanted) {
        return data.path().filter(wanted::equals).isPresent()
                || wanted.matches("\\p{XDigit}{4,64}")
                        && data.sha256()
                                .filter(digest -> digest.startsWith(wanted.toLowerCase(Locale.ROOT)))
                                .isPresent();
    }

    private boolean recipe(Recipe recipe) {
        return codeRevision
                        .map(wanted -> recipe.circumstances()
                                .code()
                                .filter(code -> code.revision().startsWith(wanted.toLowerCase(Locale.ROOT)))
                                .isPresent())
                        .orElse(true)
                && library.map(wanted -> wanted.isIn(recipe)).orElse(true);
    }
}
