package dev.mgit.cli;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.mgit.fixtures.PythonEnv;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.cyclonedx.Version;
import org.cyclonedx.parsers.JsonParser;

/** Documents as the authors of their formats judge them: what each has against one, nothing if it is valid. */
final class OutsideValidators {
    static final String NO_PROV = "no Python with prov";

    private OutsideValidators() {}

    /** CycloneDX's own library. */
    static List<String> cycloneDx(String document) throws IOException {
        return new JsonParser()
                .validate(document.getBytes(StandardCharsets.UTF_8), Version.VERSION_16).stream()
                        .map(Throwable::getMessage)
                        .toList();
    }

    /** The schema that SPDX publishes. */
    static List<String> spdx(String document) throws IOException {
        try (InputStream schema =
                Objects.requireNonNull(OutsideValidators.class.getResourceAsStream("/resources/schema-v3.0.1.json"))) {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(schema, InputFormat.JSON)
                    .validate(document, InputFormat.JSON)
                    .stream()
                    .map(Object::toString)
                    .toList();
        }
    }

    static Optional<PythonEnv> prov() {
        return PythonEnv.withPackages("prov==3.2.3");
    }

    /** Numbers of entities, activities, derivations and uses, and the sources of derivations, as {@code prov} reads them. */
    static List<String> prov(PythonEnv python, Path document) {
        return python.run("""
                import sys
                from prov.model import ProvDocument, ProvDerivation, ProvEntity, ProvUsage, ProvActivity
                d = ProvDocument.deserialize(sys.argv[1], format='json')
                for kind in ProvEntity, ProvActivity, ProvDerivation, ProvUsage:
                    print(kind.__name__, len(list(d.get_records(kind))))
                print(sorted(str(next(iter(r.get_attribute('mgit:source')))) for r in d.get_records(ProvDerivation)))
                again = ProvDocument.deserialize(content=d.serialize(format='json'), format='json')
                assert again == d
                """, document).lines().toList();
    }
}
