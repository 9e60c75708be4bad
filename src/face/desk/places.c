/* places - the choices for where a business is and by which time it goes. */
#include "places.h"

static const struct form_choice zones[] = {
	{ STR(""), say("As this computer's clock has it"), { 0 } },
	{ STR("America/New_York"), say("Eastern time (New York)"), { 0 } },
	{ STR("America/Chicago"), say("Central time (Chicago)"), { 0 } },
	{ STR("America/Denver"), say("Mountain time (Denver)"), { 0 } },
	{ STR("America/Phoenix"), say("Arizona (Phoenix)"), { 0 } },
	{ STR("America/Los_Angeles"), say("Pacific time (Los Angeles)"), { 0 } },
	{ STR("America/Anchorage"), say("Alaska (Anchorage)"), { 0 } },
	{ STR("Pacific/Honolulu"), say("Hawaii (Honolulu)"), { 0 } },
	{ STR("America/Puerto_Rico"), say("Puerto Rico (San Juan)"), { 0 } },
	{ STR("Pacific/Guam"), say("Guam"), { 0 } },
	{ STR("Pacific/Pago_Pago"), say("American Samoa (Pago Pago)"), { 0 } },
};

/* ISO 3166-2:US: the states, the district, and the territories. */
static const char *const regions[][2] = {
	{ "US-AL", "Alabama" }, { "US-AK", "Alaska" }, { "US-AZ", "Arizona" }, { "US-AR", "Arkansas" }, { "US-CA", "California" }, { "US-CO", "Colorado" },
	{ "US-CT", "Connecticut" }, { "US-DE", "Delaware" }, { "US-DC", "District of Columbia" }, { "US-FL", "Florida" }, { "US-GA", "Georgia" }, { "US-HI", "Hawaii" },
	{ "US-ID", "Idaho" }, { "US-IL", "Illinois" }, { "US-IN", "Indiana" }, { "US-IA", "Iowa" }, { "US-KS", "Kansas" }, { "US-KY", "Kentucky" }, { "US-LA", "Louisiana" },
	{ "US-ME", "Maine" }, { "US-MD", "Maryland" }, { "US-MA", "Massachusetts" }, { "US-MI", "Michigan" }, { "US-MN", "Minnesota" }, { "US-MS", "Mississippi" },
	{ "US-MO", "Missouri" }, { "US-MT", "Montana" }, { "US-NE", "Nebraska" }, { "US-NV", "Nevada" }, { "US-NH", "New Hampshire" }, { "US-NJ", "New Jersey" },
	{ "US-NM", "New Mexico" }, { "US-NY", "New York" }, { "US-NC", "North Carolina" }, { "US-ND", "North Dakota" }, { "US-OH", "Ohio" }, { "US-OK", "Oklahoma" },
	{ "US-OR", "Oregon" }, { "US-PA", "Pennsylvania" }, { "US-PR", "Puerto Rico" }, { "US-RI", "Rhode Island" }, { "US-SC", "South Carolina" },
	{ "US-SD", "South Dakota" }, { "US-TN", "Tennessee" }, { "US-TX", "Texas" }, { "US-UT", "Utah" }, { "US-VT", "Vermont" }, { "US-VA", "Virginia" },
	{ "US-WA", "Washington" }, { "US-WV", "West Virginia" }, { "US-WI", "Wisconsin" }, { "US-WY", "Wyoming" },
	{ "US-AS", "American Samoa" }, { "US-GU", "Guam" }, { "US-MP", "Northern Mariana Islands" }, { "US-VI", "U.S. Virgin Islands" },
};

size_t place_regions(struct form_choice out[PLACES_MAX], struct str now)
{
	size_t n = 0;
	bool listed = !now.n;
	out[n++] = (struct form_choice){ .value = { "", 0 }, .label = say("I don't know, or somewhere else") };
	for (size_t i = 0; i < LENGTH(regions); i++) {
		out[n++] = (struct form_choice){ .value = str_of(regions[i][0]), .text = str_of(regions[i][1]) };
		listed |= str_eq(now, out[n - 1].value);
	}
	if (!listed)
		out[n++] = (struct form_choice){ .value = now, .text = now };
	return n;
}

size_t place_zones(struct form_choice out[PLACES_MAX], struct str now, bool machine)
{
	size_t n = 0;
	bool listed = !now.n;
	for (size_t i = machine ? 0 : 1; i < LENGTH(zones); i++) {
		out[n++] = zones[i];
		listed |= str_eq(now, zones[i].value);
	}
	if (!listed)
		out[n++] = (struct form_choice){ .value = now, .text = now };
	return n;
}

const struct form_choice *place_chosen(const struct form_choice *choice, size_t n, struct str value)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(choice[i].value, value))
			return &choice[i];
	return NULL;
}
