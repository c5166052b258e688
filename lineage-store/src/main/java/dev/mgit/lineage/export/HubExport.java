package dev.mgit.lineage.export;

import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.checkpoint.VersionFiles;
import dev.mgit.lineage.query.DeclaredFacts;
import dev.mgit.lineage.repository.DurableFiles;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes a version as a folder that can be uploaded to the Hugging Face Hub: its files, bit for bit, and a model card
 * ({@code README.md}) that names what it was made from. Fields after the Hub's documentation of model cards.
 */
public final class HubExport {
    static final String README = "README.md";
    static final String BASE = "base_model";
    static final String RELATION = "base_model_relation";

    /** Longer text is no model card. */
    private static final long LONGEST_CARD = 1 << 24;

    private final Repository repository;
    private final CopyProgress progress;

    public HubExport(Repository repository, CopyProgress progress) {
        this.repository = repository;
        this.progress = progress;
    }

    /** What became of the model card. */
    public enum Card {
        /** Nothing to say, so none was made; or it says it already. */
        AS_IT_WAS,
        /** Made, since the version has none. */
        CREATED,
        /** Fields were added. */
        COMPLETED,
        /** Fields that said something else were replaced. */
        REPLACED,
        /** It names other models, or another relation, and was left as it is. */
        CONTRADICTS,
        /** Its front matter is not one field a line, so it was left as it is. */
        NOT_EDITABLE
    }

    /**
     * What was written.
     *
     * @param says what a card that contradicts the lineage says: {@code base_model: a, b}
     */
    public record Result(List<String> files, BaseModels lineage, Card card, Optional<String> says) {}

    /**
     * Makes the folder.
     *
     * @param force replace what the card says otherwise
     * @throws dev.mgit.delta.MgitException of kind CONFLICT if there is something in its place, INTEGRITY if the store is
     *     damaged; nothing is written then
     */
    public Result export(VersionId id, Path folder, boolean force) throws IOException {
        BaseModels lineage = BaseModels.of(repository, id);
        var edit = new CardEdit(lineage, force);
        NewTarget.folder(repository, folder, staging -> {
            new VersionFiles(repository, progress).writeTo(staging, id);
            edit.apply(staging.resolve(README), licence(id));
        });
        List<String> files = new ArrayList<>(repository.lineage().checkpoint(id).files().stream()
                .map(FileEntry::path)
                .toList());
        if (edit.card == Card.CREATED) {
            files.add(README);
        }
        return new Result(List.copyOf(files), lineage, edit.card, edit.says);
    }

    /** As the Hub spells it. A licence's text does not say what it is called there. */
    private Optional<String> licence(VersionId id) {
        Version version = repository.lineage().version(id);
        return new DeclaredFacts(repository.lineage())
                .licence(version)
                .filter(found -> found.where().startsWith("trailer"))
                .map(found -> found.name().toLowerCase(Locale.ROOT));
    }

    /** The one change to a card. */
    private static final class CardEdit {
        private final BaseModels lineage;
        private final boolean force;
        private Card card = Card.AS_IT_WAS;
        private Optional<String> says = Optional.empty();

        CardEdit(BaseModels lineage, boolean force) {
            this.lineage = lineage;
            this.force = force;
        }

        void apply(Path file, Optional<String> licence) throws IOException {
            if (Files.isRegularFile(file)) {
                if (!lineage.bases().isEmpty()) {
                    complete(file);
                }
            } else if (Files.notExists(file)
                    && (licence.isPresent() || !lineage.bases().isEmpty())) {
                FrontMatter made = FrontMatter.of(new byte[0]).orElseThrow();
                if (licence.isPresent()) {
                    made = made.with("license", List.of(licence.get()));
                }
                DurableFiles.write(file, withLineage(made).bytes());
                card = Card.CREATED;
            }
        }

        private void complete(Path file) throws IOException {
            Optional<FrontMatter> found =
                    Files.size(file) <= LONGEST_CARD ? FrontMatter.of(Files.readAllBytes(file)) : Optional.empty();
            if (found.isEmpty()) {
                card = Card.NOT_EDITABLE;
                return;
            }
            List<String> bases = found.get().values(BASE);
            List<String> relations = found.get().values(RELATION);
            boolean otherBases = !bases.isEmpty() && !lineage.agreesWith(bases);
            boolean otherRelation = !relations.isEmpty()
                    && lineage.relation().isPresent()
                    && !relations.equals(List.of(lineage.relation().get()));
            if (otherBases || otherRelation) {
                says = Optional.of(
                        otherBases
                                ? BASE + ": " + String.join(", ", bases)
                                : RELATION + ": " + String.join(", ", relations));
            }
            if (says.isPresent() && !force) {
                card = Card.CONTRADICTS;
                return;
            }
            FrontMatter edited = found.get();
            if (bases.isEmpty() || otherBases) {
                edited = edited.with(BASE, lineage.names());
            }
            if (lineage.relation().isPresent() && (relations.isEmpty() || otherRelation)) {
                edited = edited.with(RELATION, List.of(lineage.relation().get()));
            }
            if (edited != found.get()) {
                DurableFiles.write(file, edited.bytes());
                card = says.isPresent() ? Card.REPLACED : Card.COMPLETED;
            }
        }

        private FrontMatter withLineage(FrontMatter made) {
            FrontMatter whole = lineage.bases().isEmpty() ? made : made.with(BASE, lineage.names());
            return lineage.relation().isPresent()
                    ? whole.with(RELATION, List.of(lineage.relation().get()))
                    : whole;
        }
    }
}
