package dev.mgit.lineage.drawing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.drawing.GraphExport.Format;
import dev.mgit.lineage.drawing.GraphMark.Color;
import dev.mgit.lineage.graph.EdgeFilter;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.graph.LineageGraph.Direction;
import dev.mgit.lineage.graph.MadeLineage;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class GraphExportTest {
    private static final String HOSTILE = "a\"]; <script>alert('x')</script> & \\ \u001b[31m\n%s #quot; ${x} \u202e";

    private final MadeLineage made = new MadeLineage();

    private String text() throws IOException {
        LineageGraph graph = made.graph();
        StringBuilder out = new StringBuilder();
        TextGraph lanes = new TextGraph(line -> out.append(line).append('\n'));
        List<VersionId> heads = graph.models().stream().map(Model::head).toList();
        Iterator<Version> log = graph.log(heads, Direction.ANCESTORS, EdgeFilter.ALL);
        while (log.hasNext()) {
            Version version = log.next();
            lanes.add(version, '*', List.of(graph.describe(version.id())));
        }
        return out.toString();
    }

    @Test
    void drawsAChainAndADiamondAsLanes() throws IOException {
        List<VersionId> base = made.chain("base", 3);
        VersionId left = made.commit(made.version("left").from(base.get(1), "base", EdgeKind.FINETUNE));
        VersionId right = made.commit(made.version("right").from(base.get(1), "base", EdgeKind.FINETUNE));
        made.commit(made.version("merged").from(left, "left", EdgeKind.MERGE).from(right, "right", EdgeKind.MERGE));
        assertThat(text()).isEqualTo("""
                        *  merged
                        :\\
                        : *  right
                        * :  left
                        :/
                        : *  base
                        |/
                        *  base~1
                        *  base~2
                        """);
    }

    @Test
    void drawsAFanOfDerivedModelsInTwoLanes() throws IOException {
        VersionId base = made.commit(made.version("base"));
        for (String name : List.of("a", "b", "c")) {
            made.commit(made.version(name).from(base, "base", EdgeKind.FINETUNE));
        }
        made.commit(made.version("apart"));
        assertThat(text()).isEqualTo("""
                        *  apart
                        *  c
                        : *  b
                        :/
                        : *  a
                        :/
                        *  base
                        """);
    }

    @Test
    void joinsLanesAcrossOthersAndClosesThoseOfRoots() throws IOException {
        VersionId root = made.commit(made.version("root"));
        VersionId base = made.commit(made.version("base"));
        VersionId tuned = made.commit(made.version("tuned").from(base, "base", EdgeKind.FINETUNE));
        VersionId other = made.commit(made.version("other").from(root, "root", EdgeKind.FINETUNE));
        made.commit(made.version("m")
                .from(base, "base", EdgeKind.MERGE)
                .from(other, "other", EdgeKind.MERGE)
                .from(tuned, "tuned", EdgeKind.MERGE));
        assertThat(text()).isEqualTo("""
                        *  m
                        :\\
                        :\\ \\
                        : * :  other
                        : : *  tuned
                        :_:/
                        * :  base
                         /
                        *  root
                        """);
    }

    @Test
    void everyVersionIsDrawnOnceAndEveryLaneEndsOnRandomGraphs() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            MadeLineage random = new MadeLineage();
            List<VersionId> nodes = random.randomDag(new Random(seed), 25, 3, 8);
            LineageGraph graph = random.graph();
            StringBuilder out = new StringBuilder();
            TextGraph lanes = new TextGraph(line -> out.append(line).append('\n'));
            Iterator<Version> log = graph.log(nodes, Direction.ANCESTORS, EdgeFilter.ALL);
            while (log.hasNext()) {
                lanes.add(log.next(), '*', List.of("x", "second line"));
            }
            assertThat(out.chars().filter(c -> c == '*')).as("seed %d", seed).hasSize(25);
            assertThat(out.toString().lines().reduce((a, b) -> b)).hasValue("   second line");
        }
    }

    private LineageGraph hostile() {
        VersionId base = made.commit(made.version(HOSTILE).message(HOSTILE).by(HOSTILE, "a@b"));
        made.commit(made.version("child").from(base, HOSTILE, EdgeKind.MERGE).message(HOSTILE));
        return made.graph();
    }

    private static String write(LineageGraph graph, Format format) {
        List<VersionId> all = graph.models().stream().map(Model::head).toList();
        return GraphExport.write(graph, all, format);
    }

    @Test
    void svgAndHtmlAreWellFormedWhateverNamesHold() throws Exception {
        LineageGraph graph = hostile();
        Document svg = parse(write(graph, Format.SVG));
        assertThat(svg.getElementsByTagName("circle").getLength()).isEqualTo(2);
        assertThat(svg.getElementsByTagName("script").getLength()).isZero();

        String page = write(graph, Format.HTML);
        assertThat(page).doesNotContain("<script").doesNotContain("\u001b").doesNotContain("\u202e");
        assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("://");
        Document html = parse(page.replace("<!DOCTYPE html>", "").replaceAll("<meta[^>]*>", ""));
        assertThat(html.getElementsByTagName("tr").getLength()).isEqualTo(3);
    }

    private static Document parse(String xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void dotAndMermaidKeepNamesInsideTheirQuotes() {
        LineageGraph graph = hostile();
        assertThat(write(graph, Format.DOT).lines())
                .hasSize(7)
                .filteredOn(line -> line.contains("label"))
                .allMatch(line -> line.matches(
                        "  v\\d( -> v\\d)? \\[(style=dashed )?label=\"([^\"\\\\]|\\\\.)*\"( style=bold)?];"));
        assertThat(write(graph, Format.MERMAID).lines())
                .hasSize(4)
                .filteredOn(line -> line.contains("["))
                .allMatch(line -> line.matches("  v\\d\\[\"[^\"<>\\[\\]]*\"]"));
    }

    @Test
    void marksAreDrawnByColorAndInWordsThatCannotBreakOut() throws Exception {
        LineageGraph graph = hostile();
        List<VersionId> all = graph.models().stream().map(Model::head).toList();
        Map<VersionId, GraphMark> marks = Map.of(graph.models().get(0).head(), new GraphMark(HOSTILE, Color.ORANGE));
        String svg = GraphExport.write(graph, all, marks, Format.SVG);
        assertThat(svg).contains("stroke:#e69f00").contains("class=\"mark\"").doesNotContain("<script");
        assertThat(parse(svg).getElementsByTagName("circle").getLength()).isEqualTo(3);
        assertThat(GraphExport.write(graph, all, marks, Format.DOT).lines())
                .hasSize(7)
                .filteredOn(line -> line.contains("penwidth"))
                .hasSize(1)
                .allMatch(line -> line.matches(
                        "  v\\d \\[label=\"([^\"\\\\]|\\\\.)*\"( style=bold)?" + " color=\"#e69f00\" penwidth=3];"));
        assertThat(GraphExport.write(graph, all, marks, Format.MERMAID).lines())
                .hasSize(5)
                .filteredOn(line -> line.contains("["))
                .allMatch(line -> line.matches("  v\\d\\[\"[^\"<>\\[\\]]*\"]"));
    }

    @Test
    void onlyEdgesAmongTheShownVersionsAreDrawn() {
        List<VersionId> base = made.chain("base", 3);
        String dot = GraphExport.write(made.graph(), base.subList(1, 3), Format.DOT);
        assertThat(dot.lines().filter(line -> line.contains("->"))).containsExactly("  v0 -> v1;");
        assertThat(GraphExport.write(made.graph(), List.of(), Format.SVG)).contains("<svg");
        assertThatThrownBy(() -> Format.parse("png")).isInstanceOf(MgitException.class);
        assertThat(Format.parse("dot")).isEqualTo(Format.DOT);
    }
}
