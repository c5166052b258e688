package dev.mgit.lineage.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.lineage.repository.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitSettingsTest {
    @Test
    void settingsThatAreWrittenTogetherStandInOneOrder(@TempDir Path folder) throws IOException {
        try (Repository repository = Repository.init(folder)) {
            Map<String, List<String>> values = new LinkedHashMap<>();
            values.put("remote.origin.url", List.of("/models.git"));
            values.put("remote.origin.store", List.of("file:///store"));
            repository.settings().replace(values);
        }
        assertThat(Files.readString(folder.resolve(".mgit/config")))
                .containsSubsequence("[remote \"origin\"]", "store = ", "url = ");
    }
}
