/* intel-ipsec-mb's macros as functions: a manager is a table of function pointers, laid out by the header alone. */

#include <intel-ipsec-mb.h>
#include <stdint.h>
#include <stddef.h>

enum arch { ARCH_AUTO, ARCH_AVX2, ARCH_AVX512 };

/* A manager, or NULL if this CPU cannot run it. */
IMB_MGR *peers_imb_new(enum arch arch)
{
	const uint64_t has = imb_get_feature_flags();
	const uint64_t needs = arch == ARCH_AVX512 ? IMB_CPUFLAGS_AVX512
			     : arch == ARCH_AVX2   ? IMB_CPUFLAGS_AVX2
						   : 0;
	IMB_MGR *mgr;

	if ((has & needs) != needs)
		return NULL;
	mgr = alloc_mb_mgr(0);
	if (mgr == NULL)
		return NULL;
	switch (arch) {
	case ARCH_AVX512:
		init_mb_mgr_avx512(mgr);
		break;
	case ARCH_AVX2:
		init_mb_mgr_avx2(mgr);
		break;
	default:
		init_mb_mgr_auto(mgr, NULL);
	}
	if (imb_get_errno(mgr) != 0) {
		free_mb_mgr(mgr);
		return NULL;
	}
	return mgr;
}

void peers_imb_free(IMB_MGR *mgr)
{
	free_mb_mgr(mgr);
}

/* The IMB_ARCH that the manager uses. */
uint32_t peers_imb_arch(const IMB_MGR *mgr)
{
	return mgr->used_arch;
}

const char *peers_imb_version(void)
{
	return imb_get_version_str();
}

void peers_imb_eea3_1(IMB_MGR *mgr, const void *key, const void *iv, void *data, uint32_t bytes)
{
	IMB_ZUC_EEA3_1_BUFFER(mgr, key, iv, data, data, bytes);
}

void peers_imb_eea3_n(IMB_MGR *mgr, const void *const *keys, const void *const *ivs, const void *const *src,
		      void **dst, const uint32_t *bytes, uint32_t count)
{
	IMB_ZUC_EEA3_N_BUFFER(mgr, keys, ivs, src, dst, bytes, count);
}

void peers_imb_eia3_1(IMB_MGR *mgr, const void *key, const void *iv, const void *src, uint32_t bits, uint32_t *tag)
{
	IMB_ZUC_EIA3_1_BUFFER(mgr, key, iv, src, bits, tag);
}

void peers_imb_eia3_n(IMB_MGR *mgr, const void *const *keys, const void *const *ivs, const void *const *src,
		      const uint32_t *bits, uint32_t **tags, uint32_t count)
{
	IMB_ZUC_EIA3_N_BUFFER(mgr, keys, ivs, src, bits, tags, count);
}
