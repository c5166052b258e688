package dev.mgit.cli.command.doctor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.command.store.KnownSettings;
import dev.mgit.cli.console.Output;
import dev.mgit.lineage.repository.OutputFile;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.Operation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A file to send to whoever helps: the report, which settings and variables are set, what operations there were and when, and how
 * many files of which size lie where. No content of a file and no value of a variable is in it. Findings name what they are
 * about, with secrets masked.
 */
final class SupportBundle {
    private static final int OPERATIONS = 200;

    /** Settings whose values are numbers and words of a few, which say nothing of anybody. */
    private static final Set<String> SECTIONS = Set.of("commit", "detect", "store", "update", "serve", "watch");

    private static final Pattern PLAIN = Pattern.compile("[a-z0-9.]{1,12}");

    private SupportBundle() {}

    static void write(Path file, Checkup checkup, Optional<Repository> repository, Map<String, String> environment)
            throws IOException {
        Map<String, byte[]> parts = new TreeMap<>();
        parts.put("report.json", report(checkup));
        parts.put("variables.txt", text(String.join("\n", new TreeSet<>(environment.keySet())) + "\n"));
        if (repository.isPresent()) {
            parts.put("settings.txt", text(settings(repository.get())));
            parts.put("operations.txt", text(operations(repository.get())));
            parts.put("files.txt", text(files(repository.get().files().mgit())));
        }
        OutputFile.create(file, out -> zip(out, parts));
    }

    private static void zip(OutputStream out, Map<String, byte[]> parts) throws IOException {
        var zip = new ZipOutputStream(out);
        for (Map.Entry<String, byte[]> part : parts.entrySet()) {
            zip.putNextEntry(new ZipEntry(part.getKey()));
            zip.write(part.getValue());
            zip.closeEntry();
        }
        zip.finish();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] report(Checkup checkup) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeNumberField("schema", Output.SCHEMA);
            checkup.write(json);
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static String settings(Repository repository) {
        var lines = new StringBuilder();
        repository.settings().all().forEach((name, values) -> {
            boolean known = KnownSettings.all().stream()
                    .anyMatch(setting -> setting.name().equalsIgnoreCase(name));
            String section = name.substring(0, Math.max(0, name.indexOf('.')));
            String value = String.join(",", values);
            boolean plain =
                    known && SECTIONS.contains(section) && PLAIN.matcher(value).matches();
            // A remote's name is between the dots, and an unknown setting may be anything.
            String shown = known ? name : section + ".*";
            lines.append(shown).append(plain ? " = " + value : " is set").append('\n');
        });
        return lines.toString();
    }

    /** When, the command's first word, and how many references moved. */
    private static String operations(Repository repository) {
        var lines = new StringBuilder();
        for (Operation operation : repository.lineage().operations(OPERATIONS)) {
            lines.append(operation.when())
                    .append(' ')
                    .append(operation.description().split("[ :]", 2)[0])
                    .append(' ')
                    .append(operation.changes().size())
                    .append('\n');
        }
        return lines.toString();
    }

    /** Numbers and bytes by folder, as deep as mgit's own names go: references and notes have names of models below. */
    private static String files(Path mgit) throws IOException {
        Map<String, long[]> sums = new TreeMap<>();
        Files.walkFileTree(mgit, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                long[] sum = sums.computeIfAbsent(place(mgit.relativize(file)), place -> new long[2]);
                sum[0]++;
                sum[1] += attributes.size();
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, @Nullable IOException gone) {
                return FileVisitResult.CONTINUE;
            }
        });
        var lines = new StringBuilder("files bytes place\n");
        sums.forEach((place, sum) -> lines.append(sum[0] + " " + sum[1] + " " + place + "\n"));
        return lines.toString();
    }

    private static String place(Path relative) {
        Path folder = relative.getParent();
        if (folder == null) {
            return ".";
        }
        return folder.subpath(0, Math.min(2, folder.getNameCount())).toString();
    }
}
