"""map_picture: the map as SVG, DOT, JSON and text; the same flows in each, and nothing in the picture that a page's policy keeps out."""
import json
import re
import xml.etree.ElementTree as ET

from story import Story, tell

SVG = "{http://www.w3.org/2000/svg}"


class MapPicture(Story):
    def setUp(self):
        super().setUp()
        self.init()
        for holder in ("reader:Van <1> & reader", "service:Square", "storage:NAS", "person:Ana"):
            self.run_handback("holder", "add", holder)
        for source, target, kinds, manner in (("Van <1> & reader", "Square", "card_number,name", "hands-on"), ("Square", "NAS", "name,email", "copies"), ("Square", "Ana", "name", "sees")):
            self.run_handback("flow", "add", "--from", source, "--to", target, "--kinds", kinds, "--manner", manner)

    def picture(self, *more):
        return self.run_handback("map", "--format", "svg", *more).out

    def test_a_picture_is_svg_with_title_description_and_all_flows(self):
        for more in ((), ("--narrow",)):
            text = self.picture(*more)
            svg = ET.fromstring(text)
            self.assertEqual(svg.tag, SVG + "svg")
            self.assertTrue(svg.find(SVG + "title").text and svg.find(SVG + "desc").text)
            titles = [t.text for t in svg.iter(SVG + "title")]
            for line in ("Van <1> & reader \u2192 Square: card_number", "Van <1> & reader \u2192 Square: name", "Square \u2192 NAS: name, email", "Square \u2192 Ana: name"):
                self.assertIn(line, titles)
            for never in ("style=", "<style", "<script", "onclick", "url("):
                self.assertNotIn(never, text)
            _, _, wide, tall = map(int, svg.get("viewBox").split())
            self.assertTrue(wide < tall if more else wide > tall, (wide, tall))
        self.assertLess(wide, 400)

    def test_the_card_s_way_is_told_apart_without_colour(self):
        widths = {m[1]: m[2] for m in re.finditer(r'map-way--(card|details)[^>]*stroke-width="([\d.]+)"', self.picture())}
        self.assertGreater(float(widths["card"]), 2 * float(widths["details"]))

    def test_what_is_over_is_not_drawn(self):
        self.run_handback("flow", "close", str(self.json("flow", "list").rows[-1]["flow"]))
        self.assertNotIn("Square \u2192 Ana", self.picture())

    def test_risky_spots_are_marked_for_who_may_see_them(self):
        self.run_handback("holder", "add", "computer:Office PC", "--keeps", "card_number=deleted")
        says = next(r["says"] for r in self.json("risk", "list", status=1).rows if "Office PC" in " ".join(r["places"]))
        self.json("person", "add", "--name", "Ana", "--role", "staff", key=False)
        for more in ((), ("--narrow",)):
            marked = self.picture(*more)
            ET.fromstring(marked)
            self.assertIn("risky spot: " + says, marked)
            self.assertNotIn(says, self.run_handback("--as", "Ana", "map", "--format", "svg", *more).out)
        self.run_handback("risk", "fixed", "R02")
        self.assertNotIn(says, self.picture())

    def test_the_other_forms(self):
        dot = self.run_handback("map", "--format", "dot").out
        self.assertIn("style=bold", dot)
        self.assertIn("h0 [label=\"Customers\"]", dot)
        self.assertRegex(dot, r"h0 -> h\d+ \[style=bold arrowhead=normal\]")
        said = self.run_handback("map").out.splitlines()
        for line in ("Van <1> & reader passes name, card number on to Square.", "Square copies name, email to NAS.", "Ana sees name at Square.",
                     "Customers give cards to Van <1> & reader."):
            self.assertIn(line, said)
        self.run_handback("holder", "add", "website:Shop")
        said = self.run_handback("map").out.splitlines()
        self.assertIn("Customers give other details to Shop (assumed: nobody told).", said)
        self.assertIn("Shop passes cards on to Square (assumed: nobody told).", said)
        whole = json.loads(self.run_handback("map", "--format", "json").out)
        rows = self.json("map").rows
        self.assertEqual(sorted(whole), ["flows", "holders"])
        self.assertEqual(whole["flows"], [r for r in rows if "flow" in r])
        self.assertEqual(sorted(h["holder"] for h in whole["holders"]), sorted(r["holder"] for r in rows if "holder" in r))
        self.assertEqual(len([r for r in self.json("map").rows if "flow" in r]), 4)
        self.assertIn("svg", self.run_handback("map", "--format", "png", status=2).err)


if __name__ == "__main__":
    tell()
