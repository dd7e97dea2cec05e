/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asking our own loader what it chose.
 */
#include <dlfcn.h>
#include <link.h>
#include <sys/stat.h>

#include "compiler/debuginfo/ifunc.h"

struct loaded {
	const struct dso *dso;
	const char *name;
	uint64_t bias;
};

static int is_loaded(struct dl_phdr_info *info, size_t size, void *data)
{
	struct loaded *loaded = data;
	struct stat st;

	(void)size;
	if (!info->dlpi_name || !*info->dlpi_name || stat(info->dlpi_name, &st) ||
	    st.st_dev != loaded->dso->device || st.st_ino != loaded->dso->inode)
		return 0;
	loaded->name = info->dlpi_name;
	loaded->bias = info->dlpi_addr;
	return 1;
}

uint64_t ifunc_choice(const struct dso *dso, const struct dso_symbol *symbol)
{
	struct loaded loaded = { .dso = dso };
	void *handle, *chosen;
	uint64_t address, offset;

	if (!symbol->exported || !dl_iterate_phdr(is_loaded, &loaded))
		return 0;
	handle = dlopen(loaded.name, RTLD_LAZY | RTLD_NOLOAD);
	if (!handle)
		return 0;
	chosen = symbol->version ? dlvsym(handle, symbol->name, symbol->version) :
				   dlsym(handle, symbol->name);
	dlclose(handle);
	address = (uint64_t)(uintptr_t)chosen - loaded.bias;
	/* time() is chosen to be the kernel's own code, which is in no file. */
	return chosen && dso_code_offset(dso, address, &offset) ? address : 0;
}
