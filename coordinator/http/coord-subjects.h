#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is remembered of subjects that strangers name: at most max of them. Each is of a kind, a
 * number for which few values are used, and has a time when it is over, after which nothing is lost
 * with it. When a newcomer finds the table full, one that is over makes room; else, of the kind of
 * which there are most, the one that was asked for longest ago. So a flood of one kind pushes out
 * its own, and a subject in use only when all the others of its kind are newer.
 *
 * All is O(log max). Names are hashed with a secret, and nobody can look for those that collide.
 * Pure; one thread only. */
typedef struct _CoordSubjects CoordSubjects;
typedef struct _CoordSubject CoordSubject;

CoordSubjects *coord_subjects_new (guint max);
void coord_subjects_free (CoordSubjects *subjects);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordSubjects, coord_subjects_free)

/* Subjects are lent, until another one is added or they are removed. Finding one is using it. */
CoordSubject *coord_subjects_find (CoordSubjects *subjects, const char *name);

/* Finds the subject, or makes one that is over and has no count. */
CoordSubject *
coord_subjects_ensure (CoordSubjects *subjects, guint64 kind, const char *name, gint64 now_us);

void coord_subjects_remove (CoordSubjects *subjects, const char *name);
guint coord_subjects_get_size (CoordSubjects *subjects);

gint64 coord_subject_get_over_us (const CoordSubject *subject);
void coord_subject_set_over_us (CoordSubject *subject, gint64 over_us);

/* A number for the caller; it begins with 0. */
guint coord_subject_get_count (const CoordSubject *subject);
void coord_subject_set_count (CoordSubject *subject, guint count);

G_END_DECLS
