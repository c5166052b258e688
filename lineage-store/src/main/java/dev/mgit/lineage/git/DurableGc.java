package dev.mgit.lineage.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.file.GC;
import org.eclipse.jgit.internal.storage.file.Pack;
import org.eclipse.jgit.internal.storage.file.PackFile;
import org.eclipse.jgit.internal.storage.pack.PackExt;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefDatabase;

/**
 * Git's clean-up, in an order that a power failure cannot turn around: what objects are moved to is on disk, names
 * included, before where they were is removed.
 */
final class DurableGc extends GC {
    private final FileRepository git;
    private final Path packs;

    DurableGc(FileRepository git) {
        super(git);
        this.git = git;
        this.packs = git.getObjectDatabase().getPackDirectory().toPath();
        // Nobody writes while the lock is held, so what is unreachable now stays so: no grace period.
        setExpire(Instant.now().plus(Duration.ofDays(1)));
        setPackExpire(Instant.EPOCH); // old packs are removed here
    }

    /**
     * Writes all references into one file, synced, and leaves the loose ones to Git: when it removes them, whichever of its
     * file and this one is on disk has them.
     */
    void packReferences() throws IOException {
        RefDatabase references = git.getRefDatabase();
        TreeMap<String, String> packed = new TreeMap<>();
        for (Ref ref : RefListing.below(git, Constants.R_REFS)) {
            if (!ref.isSymbolic() && ref.getObjectId() != null) {
                packed.put(ref.getName(), lines(references.peel(ref)));
            }
        }
        if (!packed.isEmpty()) {
            String text = "# pack-refs with: peeled fully-peeled sorted \n" + String.join("", packed.values());
            GitFiles.replace(
                    git.getDirectory().toPath().resolve(Constants.PACKED_REFS), text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** As git-pack-refs writes a reference, and below it what an annotated tag leads to. */
    private static String lines(Ref ref) {
        ObjectId tagged = ref.getPeeledObjectId();
        String line = ref.getObjectId().name() + " " + ref.getName() + "\n";
        return tagged == null ? line : line + "^" + tagged.name() + "\n";
    }

    @Override
    public Collection<Pack> repack() throws IOException {
        List<PackFile> before = git.getObjectDatabase().getPacks().stream()
                .map(Pack::getPackFile)
                .toList();
        Collection<Pack> written = super.repack();
        Set<String> names = new HashSet<>();
        written.forEach(pack -> names.add(pack.getPackFile().getName()));
        DurableNames.sync(packs);
        for (PackFile old : before) {
            boolean isKept = old.create(PackExt.KEEP).exists();
            if (!names.contains(old.getName()) && !isKept) {
                for (PackExt part : PackExt.values()) {
                    Files.deleteIfExists(old.create(part).toPath());
                }
            }
        }
        git.getObjectDatabase().close(); // forgets what it had open
        return written;
    }

    @Override
    public void prunePacked() throws IOException {
        DurableNames.sync(packs);
        super.prunePacked();
    }
}
