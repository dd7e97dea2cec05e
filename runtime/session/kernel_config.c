/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads /proc/config.gz or the file that distributions put beside the kernel. */
#include "runtime/session/kernel_config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

struct kernel_config {
	struct arena *arena;
	const char *release;
	bool read;
	struct {
		VEC(const char *); /* "CONFIG_X=value" */
	} lines;
};

struct kernel_config *kernel_config_new(struct arena *arena, const char *release)
{
	struct kernel_config *config = ARENA_NEW(arena, struct kernel_config);

	config->arena = arena;
	config->release = release;
	return config;
}

/* gzopen reads plain files, too. */
static bool read_file(struct kernel_config *config, const char *path)
{
	gzFile file = gzopen(path, "re");
	char line[1024];

	if (!file)
		return false;
	while (gzgets(file, line, sizeof(line))) {
		size_t length = strcspn(line, "\n");

		if (line[0] == 'C')
			VEC_PUSH(config->arena, &config->lines,
				 arena_strndup(config->arena, line, length));
	}
	gzclose(file);
	return config->lines.n;
}

static void read_config(struct kernel_config *config)
{
	static const char *const places[] = {"/proc/config.gz", "/boot/config-%s",
					     "/lib/modules/%s/config",
					     "/lib/modules/%s/build/.config"};
	char path[512];

	config->read = true;
	for (unsigned i = 0; i < sizeof(places) / sizeof(*places); i++) {
		const char *place = strchr(places[i], '%');

		if (place)
			snprintf(path, sizeof(path), "%.*s%s%s", (int)(place - places[i]),
				 places[i], config->release, place + 2);
		if (read_file(config, place ? path : places[i]))
			return;
	}
}

const char *kernel_config_lookup(void *data, const char *name)
{
	struct kernel_config *config = data;
	size_t length = strlen(name);

	if (!config->read)
		read_config(config);
	for (unsigned i = 0; i < config->lines.n; i++) {
		const char *line = config->lines.v[i], *value = line + length + 1;

		if (strncmp(line, name, length) || line[length] != '=')
			continue;
		if (*value != '"')
			return value;
		return arena_strndup(config->arena, value + 1, strcspn(value + 1, "\""));
	}
	return NULL;
}
