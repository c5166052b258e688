package dev.mgit.serve.hub;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** All files and folders of a version, by path. */
public final class HubTree {
    private final TreeMap<String, HubEntry> entries = new TreeMap<>();

    public HubTree(Collection<HubEntry> files) {
        Map<String, Map<String, String>> folders = new TreeMap<>(Comparator.reverseOrder());
        for (HubEntry file : files) {
            entries.put(file.path(), file);
            String path = file.path();
            folders.computeIfAbsent(parent(path), name -> new HashMap<>()).put(name(path), file.oid());
            for (String folder = parent(path); !folder.isEmpty(); folder = parent(folder)) {
                folders.computeIfAbsent(parent(folder), name -> new HashMap<>());
            }
        }
        // A folder sorts before what is in it, so in reverse order its contents are known first.
        folders.forEach((path, contents) -> {
            if (!path.isEmpty()) {
                String oid = GitIds.tree(contents);
                entries.put(path, HubEntry.folder(path, oid));
                Objects.requireNonNull(folders.get(parent(path))).put(name(path) + "/", oid);
            }
        });
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    public Optional<HubEntry> entry(String path) {
        return Optional.ofNullable(entries.get(path));
    }

    public Optional<HubEntry> file(String path) {
        return entry(path).filter(entry -> !entry.isFolder());
    }

    public List<HubEntry> files() {
        return entries.values().stream().filter(entry -> !entry.isFolder()).toList();
    }

    /**
     * What is below a folder, in order of path.
     *
     * @param folder without a slash at the end; empty for the root
     * @return empty if there is no such folder
     */
    public Optional<List<HubEntry>> below(String folder, boolean recursive) {
        if (!folder.isEmpty() && !entry(folder).map(HubEntry::isFolder).orElse(false)) {
            return Optional.empty();
        }
        String prefix = folder.isEmpty() ? "" : folder + "/";
        List<HubEntry> found = new ArrayList<>();
        for (HubEntry entry : entries.tailMap(prefix).values()) {
            if (!entry.path().startsWith(prefix)) {
                break;
            }
            if (recursive || entry.path().indexOf('/', prefix.length()) < 0) {
                found.add(entry);
            }
        }
        return Optional.of(found);
    }
}
