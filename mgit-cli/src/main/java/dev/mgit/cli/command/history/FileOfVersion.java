package dev.mgit.cli.command.history;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.FileContent;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.DidYouMean;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Version;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** What {@code mgit show REV:PATH} prints. */
final class FileOfVersion {
    /** Longer text is for an editor, not for a terminal. */
    private static final int MOST_SHOWN = 1 << 20;

    private final Context context;
    private final Session session;
    private final Version version;
    private final CheckpointText text;
    private final boolean tensors;

    FileOfVersion(Context context, Session session, Version version, CheckpointText text, boolean tensors) {
        this.context = context;
        this.session = session;
        this.version = version;
        this.text = text;
        this.tensors = tensors;
    }

    void show(String path, boolean json) throws IOException {
        Checkpoint checkpoint = session.repository().lineage().checkpoint(version.id());
        List<FileEntry> all = checkpoint.files();
        Optional<FileEntry> file =
                all.stream().filter(entry -> entry.path().equals(path)).findFirst();
        String folder = path.isEmpty() || path.endsWith("/") ? path : path + "/";
        List<FileEntry> below =
                all.stream().filter(entry -> entry.path().startsWith(folder)).toList();
        if (file.isPresent()) {
            show(file.get(), json);
        } else if (!below.isEmpty() && !json) {
            text.printFiles(below);
        } else {
            throw checkpoint
                    .whyGone(path::equals)
                    .orElseGet(() -> new MgitException(
                            MgitException.Kind.USAGE,
                            "there is no file '" + path + "' in " + session.name(version.id()),
                            DidYouMean.hint(
                                    path,
                                    all.stream().map(FileEntry::path).toList(),
                                    "'mgit show " + version.id().abbreviated() + "' lists its files")));
        }
    }

    private void show(FileEntry file, boolean json) throws IOException {
        Output output = context.output();
        if (json) {
            output.json(out -> {
                out.writeStringField("id", version.id().hex());
                out.writeStringField("model", version.model());
                text.json(out, file);
            });
        } else if (tensors) {
            text.printTensors(List.of(file));
        } else if (!context.terminal().outIsTerminal()) {
            FileContent.copy(session.repository(), version.id(), file, output.bytes());
        } else {
            print(file, readable(file));
        }
    }

    private void print(FileEntry file, Optional<String> content) {
        Output output = context.output();
        if (content.isPresent()) {
            content.get().lines().forEach(line -> output.line(line.replace("\t", "    ")));
            return;
        }
        text.printFiles(List.of(file));
        text.manifest(file).ifPresent(manifest -> {
            int count = manifest.tensors().size();
            output.line(count + (count == 1 ? " tensor" : " tensors") + ", SHA-256 " + manifest.sha256());
        });
        output.hint("its bytes: mgit show " + version.id().abbreviated() + ":" + file.path() + " > FILE");
    }

    /** The file as text, where it is some and not too much of it. */
    private Optional<String> readable(FileEntry file) throws IOException {
        if (file.size() > MOST_SHOWN) {
            return Optional.empty();
        }
        var bytes = new ByteArrayOutputStream();
        FileContent.copy(session.repository(), version.id(), file, bytes);
        try {
            String content = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
            return content.indexOf('\0') >= 0 ? Optional.empty() : Optional.of(content);
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
