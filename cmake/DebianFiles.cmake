# Run by cpack between installing and packing: what Debian's policy asks of a package's files.
if(NOT CPACK_GENERATOR STREQUAL "DEB")
  return()
endif()
set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share)
set(doc ${root}/doc/meshcheck)

# The licence stands in every Debian system; a copyright file names it (policy 12.5).
file(REMOVE ${doc}/LICENSE)
file(WRITE ${doc}/copyright
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: meshcheck

Files: *
Copyright: 2026 the meshcheck contributors
License: Apache-2.0
Comment:
 NOTICE, beside this file, has the licences of the libraries that are linked in.

License: Apache-2.0
 On Debian systems the text of this licence is in
 /usr/share/common-licenses/Apache-2.0.
")

# SOURCE_DATE_EPOCH, where set, is the date.
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(RENAME ${doc}/CHANGELOG.md ${doc}/changelog)
file(WRITE ${doc}/changelog.Debian
"meshcheck (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) stable; urgency=medium

  * Release ${CPACK_PACKAGE_VERSION}; changelog.gz has what changed.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
file(REMOVE ${root}/man/man1/kubectl-meshcheck.1)
file(CREATE_LINK meshcheck.1.gz ${root}/man/man1/kubectl-meshcheck.1.gz SYMBOLIC)
file(GLOB_RECURSE texts ${root}/man/*.[1-8] ${doc}/changelog ${doc}/changelog.Debian)
execute_process(COMMAND gzip -9nf ${texts} COMMAND_ERROR_IS_FATAL ANY)
