package academy

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"peakseat/academy/exchange"
	"peakseat/internal/fault"
	"peakseat/internal/web"
)

const (
	importBody  = 2 * exchange.MaxBytes
	importFiles = 50
)

func (s *Service) bankRoutes(a *web.API) {
	web.Register(a, web.Op{Method: http.MethodGet, Path: "/question-banks", Summary: "Question banks", Tag: tag, Access: officials},
		func(ctx context.Context, in *web.Page) (*web.List[Bank], error) {
			return listed(in, func(after uuid.UUID, limit int) ([]Bank, error) { return s.Banks(ctx, after, limit) }, func(b Bank) uuid.UUID { return b.ID })
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/question-banks", Summary: "Add an empty question bank", Tag: tag, Access: officials, Status: 201, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			Body struct {
				Code string `json:"code" pattern:"^[a-z0-9_]{1,40}$"`
				Name string `json:"name" minLength:"1" maxLength:"100"`
			}
		},
		) (*Bank, error) {
			return s.AddBank(ctx, in.Body.Code, in.Body.Name)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/question-banks/{id}", Summary: "A question bank", Tag: tag, Access: officials},
		func(ctx context.Context, in *web.ByID) (*Bank, error) { return s.Bank(ctx, in.ID) })

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/question-banks/{id}/questions", Summary: "Questions of a bank, with their keys", Tag: tag, Access: officials},
		func(ctx context.Context, in *struct {
			web.ByID
			web.Page
			QuestionFilter
		},
		) (*web.List[BankQuestion], error) {
			return listed(&in.Page, func(after uuid.UUID, limit int) ([]BankQuestion, error) {
				return s.Questions(ctx, in.ID, in.QuestionFilter, after, limit)
			}, func(q BankQuestion) uuid.UUID { return q.ID })
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/question-banks/{id}/topics", Summary: "The topics of a bank, and how many questions each has in use", Tag: tag, Access: officials},
		func(ctx context.Context, in *web.ByID) (*web.List[BankTopic], error) {
			list, err := s.BankTopics(ctx, in.ID)
			return &web.List[BankTopic]{Items: list}, err
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/question-banks/{id}/questions", Summary: "Add a question", Tag: tag, Access: officials, Status: 201, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			web.ByID
			Body exchange.Question
		},
		) (*BankQuestion, error) {
			return s.AddQuestion(ctx, in.ID, in.Body)
		})

	web.Register(a, web.Op{Method: http.MethodGet, Path: "/questions/{id}/versions", Summary: "The versions of a question, the newest first", Tag: tag, Access: officials},
		func(ctx context.Context, in *web.ByID) (*web.List[BankQuestion], error) {
			list, err := s.QuestionVersions(ctx, in.ID)
			return &web.List[BankQuestion]{Items: list}, err
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/questions/{id}/versions", Summary: "Change what a question asks in papers to come", Tag: tag, Access: officials, Status: 201, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				Version  int               `json:"version" minimum:"1" doc:"the newest that you read"`
				Question exchange.Question `json:"question"`
			}
		},
		) (*BankQuestion, error) {
			return s.AddQuestionVersion(ctx, in.ID, in.Body.Version, in.Body.Question)
		})

	web.Register(a, web.Op{Method: http.MethodPost, Path: "/questions/{id}/retirement", Summary: "Keep a question out of papers to come; scores stay as they are", Tag: tag, Access: officials, Keyed: web.InEdge},
		func(ctx context.Context, in *struct {
			web.ByID
			Body struct {
				Reason string `json:"reason" minLength:"1" maxLength:"2000"`
			}
		},
		) (*BankQuestion, error) {
			return s.RetireQuestion(ctx, in.ID, in.Body.Reason)
		})

	s.exchangeRoutes(a)
}

func (s *Service) exchangeRoutes(a *web.API) {
	const path = "/question-banks/{id}/imports"
	web.Register(a, web.Op{Method: http.MethodPost, Path: path, Summary: "Import files of questions, all or nothing", Tag: tag, Access: officials, Keyed: web.InEdge, MaxBody: importBody},
		func(ctx context.Context, in *struct {
			web.ByID
			ImportOrder
			File string `query:"file" maxLength:"200" default:"file" doc:"the name of a file that comes as the body"`
			web.Raw
		},
		) (*ImportReport, error) {
			files, err := uploads(in.ContentType, in.File, in.RawBody)
			if err != nil {
				return nil, err
			}
			return s.ImportQuestions(ctx, in.ID, in.ImportOrder, files)
		})
	binary := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	web.Describe(a, http.MethodPost, path, map[string]*huma.MediaType{
		"application/octet-stream": {Schema: binary},
		"multipart/form-data": {Schema: &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{
			"file": {Type: huma.TypeArray, Items: binary},
		}, Required: []string{"file"}}},
	})

	types := map[exchange.Format][2]string{
		exchange.GIFT:      {"gift", "text/plain; charset=utf-8"},
		exchange.MoodleXML: {"xml", "application/xml"},
		exchange.Aiken:     {"txt", "text/plain; charset=utf-8"},
		exchange.CSV:       {"csv", "text/csv; charset=utf-8"},
		exchange.XLSX:      {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	}
	web.Download(a, web.Op{Method: http.MethodGet, Path: "/question-banks/{id}/export", Summary: "The questions of a bank as a file, with their keys", Tag: tag, Access: officials},
		[]string{"text/plain", "application/xml", "text/csv", types[exchange.XLSX][1]},
		func(ctx context.Context, in *struct {
			web.ByID
			ExportOrder
		},
		) (*web.File, error) {
			content, err := s.ExportQuestions(ctx, in.ID, in.ExportOrder)
			if err != nil {
				return nil, err
			}
			return &web.File{Name: "questions." + types[in.Format][0], ContentType: types[in.Format][1], Content: content}, nil
		})
}

// uploads are the files of a body: of a form the parts named "file", else the body itself.
func uploads(contentType, name string, body []byte) ([]UploadedFile, error) {
	if !strings.HasPrefix(contentType, "multipart/") {
		return []UploadedFile{{Name: name, Content: body}}, nil
	}
	unreadable := fault.ErrInvalid.At("", "unreadable", "无法读取这个表单。", "This form cannot be read.")
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, unreadable.Because(err)
	}
	var files []UploadedFile
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, unreadable.Because(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, unreadable.Because(err)
		}
		if part.FormName() != "file" || len(files) == importFiles {
			return nil, fault.ErrInvalid.At("/"+part.FormName(), "unknown_field", "表单里只能有 file，最多 50 个。", "The form has parts named file only, at most 50.")
		}
		files = append(files, UploadedFile{Name: part.FileName(), Content: content})
	}
	if len(files) == 0 {
		return nil, fault.ErrInvalid.At("/file", "required", "请上传文件。", "Upload a file.")
	}
	return files, nil
}
