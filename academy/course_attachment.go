package academy

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// Attachment is a small file beside a lesson.
type Attachment struct {
	ID        uuid.UUID `json:"id"`
	CourseID  uuid.UUID `json:"course_id"`
	Name      string    `json:"name" minLength:"1" maxLength:"200"`
	MediaType string    `json:"media_type" enum:"application/pdf,image/png,image/jpeg,text/plain,text/csv,text/markdown"`
	Bytes     int       `json:"bytes"`
	Content   []byte    `json:"content,omitempty" contentEncoding:"base64"`
}

const maxAttachment = 512 << 10 // bytes; the table says the same

// AddAttachment keeps a file for a course's lessons to show. What the bytes are must be what they are called.
func (s *Service) AddAttachment(ctx context.Context, courseID uuid.UUID, name, mediaType string, content []byte) (made *Attachment, err error) {
	var wrong fault.Collect
	if len(content) == 0 || len(content) > maxAttachment {
		wrong.Add("/content", "bad_size", "附件须在 1 字节到 512 KiB 之间。", "An attachment has 1 byte to 512 KiB.")
	}
	if !isOfType(content, mediaType) {
		wrong.Add("/media_type", "not_its_type", "附件内容不是所写的类型。", "The content is not of the type named.")
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if _, err := selectCourse(tx, `where c.id = ? limit 1`, courseID); err != nil {
			return err
		}
		made = &Attachment{ID: newID(), CourseID: courseID, Name: name, MediaType: mediaType, Bytes: len(content)}
		return tx.Exec(`insert into academy.course_attachment (id, course_id, name, media_type, content, created_by, created_at) values (?, ?, ?, ?, ?, ?, ?)`,
			made.ID, courseID, name, mediaType, content, tx.Actor.AccountID, tx.Now).Error
	})
	return made, err
}

// CourseAttachment is a file with its content; agents get those of published versions.
func (s *Service) CourseAttachment(ctx context.Context, id uuid.UUID) (found *Attachment, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		var rows []Attachment
		if err := tx.Raw(`select id, course_id, name, media_type, octet_length(content) as bytes, content from academy.course_attachment where id = ?`, id).Scan(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.ErrNotFound
		}
		found = &rows[0]
		return nil
	})
	return found, err
}

func isOfType(content []byte, mediaType string) bool {
	found, _, _ := strings.Cut(http.DetectContentType(content), ";")
	if found == "text/plain" {
		return mediaType == "text/plain" || mediaType == "text/csv" || mediaType == "text/markdown"
	}
	return found == mediaType
}
